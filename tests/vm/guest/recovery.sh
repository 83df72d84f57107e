# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# What the cases recovery-* share: how a session breaks, and what the kernel makes of it.
#
#   follow_kernel           from here on the kernel's log is also in $KLOG
#   is_state IQN STATE      what kiscsi list says
#   recoveries IQN          how often the kernel has brought it up again; follow_kernel was before the login
#   reset_local PORT        our end of the connections to PORT is aborted, the other gets a RST
#   reset_remote PORT       the other way round
#   reset_one PORT          our end of the one connection that has this port of ours is aborted
#   fio_loop FILE OUT SIZE  rounds of checksummed writes until /tmp/stop exists: their number in OUT.loops, fio's
#                           own words in OUT.fio; for the background, ends false at the first error
#   timed COMMAND...        its milliseconds in $TOOK

KLOG=/tmp/kernel.log
TOOK=0

follow_kernel() {
	stop_helpers dmesg
	dmesg --follow-new >$KLOG 2>/dev/null &
	sleep 0.3
}

# "SESSION to IQN: STATE" lines
transitions() { grep -cF " to $1: $2" $KLOG; }
# the first time it came up it was new
recoveries() { echo $(($(transitions "$1" up) - 1)); }
recovered_more_than() { [ "$(recoveries "$1")" -gt "$2" ]; }

session_says() { kiscsi list "$1" --json 2>/dev/null | jq -r ".sessions[0]$2"; }
# What is asked again and again is asked without jq, which takes a quarter of a second in a VM. The session's own
# values come before those of its connections.
first_of() { [[ $(kiscsi list "$1" --json 2>/dev/null) =~ \"$2\":\ ?\"?([a-z0-9-]+) ]] && echo "${BASH_REMATCH[1]}"; }
is_state() { [ "$(first_of "$1" state)" = "$2" ]; }
attempted() { [ "$(first_of "$1" attempts)" -ge "$2" ]; }

sdev_state() { cat "/sys/block/${1#/dev/}/device/state"; }

reset_local() { ss -K -t state established "dport = $1" >/dev/null; }
reset_one() { ss -K -t state established "sport = $1" | grep -q ":$1 "; }
reset_remote() { ss -K -t state established "sport = $1" >/dev/null; }

timed() {
	local start now status

	clock start
	"$@"
	status=$?
	clock now
	TOOK=$((now - start))
	return $status
}

ended() { ! kill -0 "$1" 2>/dev/null; }

# One block read from the disk itself, in at most so many seconds.
read_block() { timeout "$2" dd if="$1" of=/dev/null bs=4096 count=1 iflag=direct status=none; }

# What a file system or the block layer says when an error reached it.
errors_seen() {
	grep -E 'I/O error|EXT4-fs (error|warning)|XFS.*([Ee]rror|[Ss]hut|[Cc]orrupt)|Buffer I/O|lost (async|sync) page' $KLOG
}

fio_loop() {
	local file=$1 out=$2 size=$3 loops=0

	shift 3
	rm -f "$out.loops"
	until [ -e /tmp/stop ]; do
		fio --name=loop --filename="$file" --size="$size" --rw=randwrite --direct=1 --ioengine=libaio --iodepth=16 \
			--bsrange=4k-256k --verify=crc32c --verify_fatal=1 --do_verify=1 --end_fsync=1 --minimal \
			"$@" >"$out.fio" 2>&1 || return
		loops=$((loops + 1))
	done
	echo $loops >"$out.loops"
}
