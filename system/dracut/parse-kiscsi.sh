#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2034
# Sourced by dracut while it reads the command line.

parse_kiscsi() {
	local status

	modprobe -b -q iscsi_ibft
	kiscsi boot --dry-run >/dev/null 2>&1
	status=$?
	# nothing to log in to, which is said only if somebody has asked
	[ "$status" != 3 ] || return 0

	echo "rd.neednet=1" >/etc/cmdline.d/60-kiscsi.conf
	if [ -e /sys/firmware/ibft/ethernet0 ] && ! getarg ip= >/dev/null && getargbool 1 rd.iscsi.firmware; then
		echo "rd.iscsi.ibft=1" >>/etc/cmdline.d/60-kiscsi.conf
	fi
	unset CMDLINE
	case $root in
	iscsi:*)
		netroot=$root
		root=/dev/root
		rootok=1
		;;
	esac
	if [ -z "$netroot" ]; then
		netroot=$(getarg netroot=) || netroot=iscsi:
	fi
	# It waits for the network by itself, and must not keep whoever brings that up waiting.
	initqueue --unique --onetime --settled /sbin/kiscsi-boot
}
parse_kiscsi
