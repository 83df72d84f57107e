# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For cases that have the packages installed, and the system booted with systemd. Needs lib.sh.
#
# A case of two halves: the first runs as every case does, sets up targets and files, and ends with boot_systemd; the
# second is the function after_boot, in a unit of its own. Targets are LIO's: they live in the kernel, through all of it.

DEBS=$KISCSI/deb

deb_version() { dpkg-deb -f "$1" Version; }

# package NAME next|now: the file of a package: of this version, or of the one after it.
package() {
	local file

	for file in "$DEBS/$1"_*.deb; do
		case $file in
		*+next_*) [ "$2" = next ] && echo "$file" ;;
		*) [ "$2" = now ] && echo "$file" ;;
		esac
	done
}

# The one that the packages bring along is to be used, not the payload's.
forget_payload() { PATH=/usr/sbin:/usr/bin; }

# What a network manager does to packets: the "network" is port 3260, up while this unit is.
network_unit() {
	cat >/etc/systemd/system/test-network.service <<-END
		[Unit]
		DefaultDependencies=no
		Before=network.target network-online.target shutdown.target
		Conflicts=shutdown.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=-/usr/sbin/nft delete table inet freeze
		ExecStop=/bin/bash -c '. $KISCSI/guest/lib.sh; trap - EXIT; freeze 3260'
		[Install]
		WantedBy=network-online.target
	END
}

# What remains to be said when nothing of the system is left but systemd-shutdown.
last_words() {
	mkdir -p /usr/lib/systemd/system-shutdown
	{
		echo '#!/bin/bash'
		echo 'exec >/dev/ttyS1'
		cat
		# shellcheck disable=SC2016 # for then
		echo 'echo "1..$TESTS"'
	} >/usr/lib/systemd/system-shutdown/case
	chmod 755 /usr/lib/systemd/system-shutdown/case
}

# End the first half: process 1 becomes systemd, which runs the second.
boot_systemd() {
	trap - EXIT
	[ "$FAILED" = 0 ] || finish
	network_unit
	cat >/etc/systemd/system/case.service <<-END
		[Unit]
		After=multi-user.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		StandardOutput=tty
		StandardError=tty
		TTYPath=/dev/ttyS1
		ExecStart=/bin/bash -c 'export KISCSI_LIB=$KISCSI_LIB TARGET=$TARGET SLOW=$SLOW CASE=$CASE HALF=2 TESTS=$TESTS; exec bash $KISCSI/cases/$CASE'
	END
	# As the package systemd does when it is installed.
	systemctl --quiet enable test-network.service remote-fs.target
	systemctl --quiet mask systemd-networkd.service getty.target serial-getty@ttyS0.service \
		systemd-timesyncd.service iscsid.service open-iscsi.service multipathd.service multipathd.socket
	mkdir -p /etc/systemd/system/graphical.target.wants
	ln -s ../case.service /etc/systemd/system/graphical.target.wants/
	echo /lib/systemd/systemd >/tmp/next-init
	exit 5
}

second_half() { [ "${HALF:-1}" = 2 ]; }

# The state of a unit, and why, when it is not as wanted.
unit_is() {
	local got

	got=$(systemctl is-active "$1")
	is "$1 is $2" "$got" "$2" || systemctl --no-pager -l status "$1"
}
