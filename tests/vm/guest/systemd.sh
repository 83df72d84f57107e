# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For cases that have the packages installed, and the system booted with systemd. Needs lib.sh.
#
# A case of two halves: the first runs as every case does, sets up targets and files, and ends with boot_systemd; the
# second is run by a unit of the system that boots then. With boot_again that one shuts down and boots once more, for a
# third part. Targets are LIO's: they live in the kernel, through all of it.

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

next_part() {
	printf '%s\n' "KISCSI_LIB=$KISCSI_LIB" "TARGET=$TARGET" "SLOW=$SLOW" "CASE=$CASE" "KVER=$KVER" "TESTS=$TESTS" \
		"PART=$1" >/var/lib/case
}

# The end of a part. With failures, of the case; else the system goes down in order: poweroff, reboot.
go_down() {
	trap - EXIT
	[ "$FAILED" = 0 ] || { echo "1..$TESTS"; systemctl poweroff -ff; }
	systemctl --no-block "$1"
	exit
}

# End the second part: everything is stopped as for a reboot, but process 1 becomes systemd anew, not the firmware.
boot_again() {
	local real=/lib/systemd/systemd-shutdown

	next_part 3
	mv $real $real.real
	cat >$real <<-END
		#!/bin/bash
		mv $real.real $real
		kill -9 -1
		rmmod kiscsi
		rm -rf /run/systemd /run/udev
		exec /lib/systemd/systemd
	END
	chmod 755 $real
	go_down reboot
}

# End the first half: process 1 becomes systemd, which runs the second. With open-iscsi that one's units are enabled.
boot_systemd() { # [open-iscsi]
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
		EnvironmentFile=/var/lib/case
		ExecStart=/bin/bash $KISCSI/cases/$CASE
	END
	next_part 2
	# As the package systemd does when it is installed.
	systemctl --quiet enable test-network.service remote-fs.target
	systemctl --quiet mask systemd-networkd.service getty.target serial-getty@ttyS0.service \
		systemd-timesyncd.service multipathd.service multipathd.socket
	systemctl --quiet "$([ "${1:-}" = open-iscsi ] && echo enable || echo mask)" iscsid.service open-iscsi.service
	mkdir -p /etc/systemd/system/graphical.target.wants
	ln -s ../case.service /etc/systemd/system/graphical.target.wants/
	echo /lib/systemd/systemd >/tmp/next-init
	exit 5
}

# part N: is this the first, second or third part of the case?
part() { [ "${PART:-1}" = "$1" ]; }

# The state of a unit, and why, when it is not as wanted.
unit_is() {
	local got

	got=$(systemctl is-active "$1")
	is "$1 is $2" "$got" "$2" || systemctl --no-pager -l status "$1"
}
