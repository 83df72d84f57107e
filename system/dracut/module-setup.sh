#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# dracut: put in what "kiscsi boot" needs, if the root filesystem or another that is mounted at build time is on one of
# its disks, or in an image for any host. dracut's own module for iSCSI takes only drivers that came with the kernel.

kiscsi_parts=/usr/lib/kiscsi/initramfs-parts

# The disk with major and minor number $1 is one of ours.
is_ours() { [[ $(readlink -f "/sys/dev/block/$1") == */devices/kiscsi/* ]]; }

check() {
	require_binaries kiscsi || return 1
	[[ $hostonly ]] || [[ $mount_needs ]] || return 0
	for_each_host_dev_and_slaves is_ours || [ -d /sys/firmware/ibft ] || return 255
}

depends() { echo network rootfs-block; }

installkernel() {
	# shellcheck disable=SC2046 # a list
	hostonly='' instmods $($kiscsi_parts modules)
}

# What one disk of ours takes to be there again. A secret is none of it.
print_disk() {
	local path=$1 session=${1%%/target*} number class address port name

	number=${session##*/session}
	class=$session/iscsi_session/session$number
	read -r name <"$class/targetname" || return 0
	read -r address <"$session/connection$number:0/iscsi_connection/connection$number:0/persistent_address"
	read -r port <"$session/connection$number:0/iscsi_connection/connection$number:0/persistent_port"
	[[ $address != *:* ]] || address="[$address]"
	path=${path%%/block/*}
	echo "rd.iscsi.initiator=$(<"$class/initiatorname")"
	echo "netroot=iscsi:$address::$port:${path##*:}:$name"
	ip_params_for_remote_addr "$address"
	echo "rd.neednet=1"
}

print_ours() {
	is_ours "$1" && print_disk "$(readlink -f "/sys/dev/block/$1")"
	return 1
}

cmdline() {
	[ ! -d /sys/firmware/ibft ] || return 0
	for_each_host_dev_and_slaves_all print_ours | sort -u
}

install() {
	# shellcheck disable=SC2046 # a list
	inst_multiple kiscsi $($kiscsi_parts files)
	inst_rules 60-kiscsi.rules
	mkdir -p "$initdir/etc/iscsi"
	$kiscsi_parts name >"$initdir/etc/iscsi/initiatorname.iscsi"
	[ -s "$initdir/etc/iscsi/initiatorname.iscsi" ] || rm "$initdir/etc/iscsi/initiatorname.iscsi"
	if [[ $hostonly_cmdline == yes ]]; then
		cmdline >"$initdir/etc/cmdline.d/95kiscsi.conf"
	fi
	inst_hook cmdline 90 "$moddir/parse-kiscsi.sh"
	inst_hook pre-pivot 50 "$moddir/pre-pivot.sh"
	inst_script "$moddir/kiscsi-boot.sh" /sbin/kiscsi-boot
	# What dracut's network looks for when it meets "netroot=iscsi:".
	dracut_module_included iscsi || inst_script "$moddir/iscsiroot.sh" /sbin/iscsiroot
	dracut_need_initqueue
}
