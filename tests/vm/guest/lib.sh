# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# What a case sources: TAP, the module, disks, fio. Targets are in targets.sh.
#
#   ok WHAT COMMAND...          passes when the command does
#   fails WHAT COMMAND...       passes when it does not
#   exit_is N WHAT COMMAND...   passes when it ends with status N; its output is in $OUT and $ERR
#   failed WHAT                 passes when what was given to "run" last did not
#   is WHAT GOT WANTED          the two are the same
#   like WHAT TEXT REGEX        the text matches
#   must WHAT COMMAND...        as ok, and the case ends when it fails
#   skip WHY                    the case ends and counts as skipped
#   result WORDS                shown once more after everything, with kernel, target and case
#
# A case ends by running to its end; the plan, the clean-up and the exit status come from here.
set -u

KISCSI=/opt/kiscsi
TESTS=${TESTS:-0}
FAILED=0
OUT='' ERR='' STATUS=0
PLANNED_SKIP=''

# shellcheck source=tests/vm/guest/procs.sh
. "$KISCSI/guest/procs.sh"
# shellcheck source=tests/vm/guest/targets.sh
. "$KISCSI/guest/targets.sh"

note() { printf '# %s\n' "$@"; }
result() { echo "# result: $*"; }

pass() {
	TESTS=$((TESTS + 1))
	echo "ok $TESTS - $1"
}

fail() {
	TESTS=$((TESTS + 1))
	FAILED=$((FAILED + 1))
	echo "not ok $TESTS - $1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/#   /'
}

# said VARIABLE FILE: as $(cat FILE), without a process.
said() {
	# not names that a caller may have for the variable
	local said_part said_all=''

	while IFS= read -r -d '' said_part; do
		said_all+=$said_part
	done <"$2"
	said_all+=$said_part
	while [[ $said_all == *$'\n' ]]; do
		said_all=${said_all%$'\n'}
	done
	printf -v "$1" %s "$said_all"
}

# Run a command with its output in $OUT and $ERR and its status in $STATUS.
run() {
	"$@" >/tmp/run.out 2>/tmp/run.err </dev/null
	STATUS=$?
	said OUT /tmp/run.out
	said ERR /tmp/run.err
	return $STATUS
}

show_run() { printf 'command: %s\nstatus: %s\nstdout: %s\nstderr: %s\n' "$*" "$STATUS" "$OUT" "$ERR"; }

ok() {
	local what=$1

	shift
	if run "$@"; then
		pass "$what"
	else
		fail "$what" "$(show_run "$@")"
		return 1
	fi
}

fails() {
	local what=$1

	shift
	if run "$@"; then
		fail "$what" "$(show_run "$@")"
		return 1
	fi
	pass "$what"
}

exit_is() {
	local wanted=$1 what=$2

	shift 2
	run "$@"
	if [ "$STATUS" = "$wanted" ]; then
		pass "$what"
	else
		fail "$what" "wanted exit status $wanted" "$(show_run "$@")"
		return 1
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:    $2" "wanted: $3"
		return 1
	fi
}

like() {
	if grep -qE -- "$3" <<<"$2"; then
		pass "$1"
	else
		fail "$1" "got: $2" "wanted a match of: $3"
		return 1
	fi
}

# The command run last failed; its words stay in $OUT and $ERR.
failed() {
	if [ "$STATUS" != 0 ]; then pass "$1"; else fail "$1" "status: 0" "stdout: $OUT" "stderr: $ERR"; fi
}

# The command run last said exactly one line to a person, on stderr, and nothing on stdout.
one_clear_line() {
	is "$1: one line on stderr" "$(grep -c . <<<"$ERR")" 1
	like "$1: the line is clear" "$ERR" "${2:-.}"
	is "$1: nothing on stdout" "$OUT" ""
}

must() {
	ok "$@" && return 0
	echo "Bail out! $1"
	exit 1
}

skip() {
	echo "1..0 # SKIP $1"
	echo "$1" >/tmp/skip-reason
	PLANNED_SKIP=yes
	exit 4
}

# wait_for SECONDS COMMAND...: true as soon as the command is. The seconds are longer on a slow kernel.
WAIT_NAP=0.1
wait_for() {
	local now end

	clock now
	end=$((now + $1 * 1000 * ${SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		clock now
		[ "$now" -lt "$end" ] || return 1
		nap "$WAIT_NAP"
	done
}

# A process costs 5 ms and more under emulation: what is done again and again does without.
# clock VARIABLE: milliseconds since the boot
clock() {
	local up

	read -r up _ </proc/uptime
	printf -v "$1" %d $((10#${up/./} * 10))
}

now_ms() {
	local ms

	clock ms
	echo "$ms"
}

# Nobody ever writes to this pipe.
exec {NEVER}<> <(:)
nap() { read -rt "$1" -u "$NEVER" || :; }

# ---- the module -------------------------------------------------------------------------------

load_dependencies() {
	local module

	for module in scsi_transport_iscsi sd_mod libcrc32c crc32c-intel; do
		modprobe -q "$module"
	done
	return 0
}

load_module() {
	[ -d /sys/module/kiscsi ] && return 0
	load_dependencies
	insmod "$KISCSI/mod/kiscsi.ko" "$@"
}

# Not before udev has closed the disks it was looking at: an open disk holds the module.
unload_module() {
	[ -d /sys/module/kiscsi ] || return 0
	settle
	rmmod kiscsi
}

module_refs() { cat /sys/module/kiscsi/refcnt; }

# What most cases begin with: our module in, a target with one LUN up.
begin() {
	must "the module loads" load_module
	must "the target starts" one_target "$@"
}

# What most cases end with: nothing of us stays.
end() {
	ok "logout" logout "$IQN:disk"
	ok "the module unloads" unload_module
}

# ---- sessions and disks -----------------------------------------------------------------------

session_of() {
	local dir name

	for dir in /sys/class/iscsi_session/session*; do
		read -r name <"$dir/targetname" && [ "$name" = "$1" ] && { echo "${dir##*/}"; return 0; }
	done 2>/dev/null
	return 1
}

sessions() { compgen -G '/sys/class/iscsi_session/session*' | wc -l; }

# disk_of IQN LUN: sda (or nothing and false).
disk_of() {
	local session dir

	session=$(session_of "$1") || return 1
	for dir in "/sys/class/iscsi_session/$session/device/target"*/*:*:*:"$2"/block/*; do
		[ -e "$dir" ] || continue
		echo "${dir##*/}"
		return 0
	done
	return 1
}

no_session_of() { ! session_of "$1" >/dev/null; }
no_disk_of() { ! disk_of "$1" "$2" >/dev/null; }

# disk_ready IQN LUN: udev has made its links. In sysfs a disk is there before the kernel has read its
# partitions and told udev of it: until then settle has nothing to wait for.
disk_ready() {
	local disk

	disk=$(disk_of "$1" "$2") && [ -e "/run/udev/data/b$(<"/sys/block/$disk/dev")" ]
}

# udev has finished with what appeared, and holds nothing open.
settle() { udevadm settle --timeout=$((20 * SLOW)); }

# login IQN [OPTION...]: through the target's first portal; the disk of $FIRST_LUN is then in $DISK.
login() {
	local iqn=$1

	shift
	run kiscsi login "$iqn" --portal "$PORTAL" "$@" || return
	DISK=$(disk_of "$iqn" "$FIRST_LUN") || { ERR+=" (no disk for LUN $FIRST_LUN)"; return 1; }
	DISK=/dev/$DISK
	settle
}

logout() {
	run kiscsi logout "$1" || return
	no_session_of "$1"
}

# ---- data -------------------------------------------------------------------------------------

# fio_verify DISK SIZE [FIO OPTION...]: write with checksums, read everything back, verify. For its disk statistics fio
# would go through all of /sys/block, for each disk.
fio_verify() {
	local disk=$1 size=$2

	shift 2
	fio --name=verify --filename="$disk" --size="$size" --rw=randwrite --direct=1 --ioengine=libaio \
		--iodepth=32 --bsrange=512-1M --bs_unaligned=0 --blockalign=512 --verify=crc32c --verify_fatal=1 \
		--do_verify=1 --randrepeat=1 --end_fsync=1 --disk_util=0 --minimal "$@"
}

# random_file FILE SIZE-IN-MIB
random_file() { dd if=/dev/urandom of="$1" bs=1M count="$2" status=none; }

checksum() { sha256sum | cut -d ' ' -f 1; }
disk_checksum() { dd if="$1" bs=1M iflag=direct status=none | checksum; }

# ---- the end of a case ------------------------------------------------------------------------

# The end of a case with "# ends: reboot": nothing is written back or cleaned up, the kernel does all.
reboot_now() {
	trap - EXIT
	echo "1..$TESTS"
	sleep 1
	exec busybox reboot -n -f
}

force_clean() {
	local dir

	note "cleaning up after the failure"
	grep -o ' /mnt[^ ]*' /proc/mounts | while read -r dir; do umount -l "$dir"; done
	[ ! -d /sys/module/kiscsi ] || timeout 20 kiscsi logout --all --force
	iscsid_is_running && targets_stay_on && timeout 20 iscsiadm -m node -U all
	return 0
}

# stop_helpers NAME...: what a case runs beside itself and may have left.
stop_helpers() {
	local pid

	running "$@" | while read -r pid _; do kill "$pid"; done 2>/dev/null
}

finish() {
	local status=$?

	trap - EXIT
	if [ -z "$PLANNED_SKIP" ]; then
		[ "$status" = 0 ] || [ "$FAILED" -gt 0 ] || fail "the case ran to its end" "exit status $status"
		[ "$TESTS" -gt 0 ] || fail "the case tested something"
		echo "1..$TESTS"
		[ "$FAILED" = 0 ] || force_clean >/dev/null 2>&1
	fi
	iscsid_stop
	[ "$(sessions)" != 0 ] || unload_module 2>/dev/null
	targets_stop
	networks_stop
	stop_helpers dmesg cutter dumpcap
	[ -z "$PLANNED_SKIP" ] || exit 4
	[ "$FAILED" = 0 ] || exit 1
	exit 0
}
trap finish EXIT
