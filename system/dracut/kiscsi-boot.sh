#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC1090,SC1091
# Started by dracut when udev has settled for the first time.

type getarg >/dev/null 2>&1 || . /lib/dracut-lib.sh

# The disk, or the first of its partitions, that has a filesystem.
link_root() {
	local device type

	for device in "$1" "$1"[0-9]*; do
		type=$(blkid -u filesystem -o value -s TYPE "$device") && [ -n "$type" ] || continue
		ln -sf "$device" /dev/root
		return
	done
}

log_in() {
	local disks

	disks=$(kiscsi boot) || return
	udevadm settle --timeout=10
	case $(getarg root=) in
	iscsi:*)
		link_root "${disks%%
*}"
		;;
	esac
}

log_in &
