# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2034,SC2153
# What the cases hostile-* share: the scripted target, a fresh session for each behaviour, and one
# line of TAP that names everything that went wrong with it.
#
#   hostile_each FUNCTION COLUMN=REGEX...   calls FUNCTION for each row of kiscsi-target --list whose
#                                           columns match, with the columns in $name $phase $expect ...;
#                                           with a HOSTILE_STRIDE of N for every Nth of them
#   hostile_start OPTION...                 the target with the row's behaviour
#   hostile_stop                            its end; what the initiator did wrong is a problem
#   problem TEXT                            something is wrong with this row
#
# Most of a row is waiting, so workers take rows at the same time, each with a target, a target name,
# ports and files ($H.*) of its own. What they find is told in the order of the rows.

HOSTILE=$KISCSI/target/kiscsi-target
HOSTILE_WORKERS=${HOSTILE_WORKERS:-4}
HOSTILE_STRIDE=1
# not empty: do not wait for the kernel's own first reads after a login
HOSTILE_IMPATIENT=''
HOSTILE_PID=''
PROBLEMS=()
SECRET=/tmp/hostile.secret
MUTUAL=/tmp/hostile.mutual
WRITTEN=/tmp/hostile.written
PATTERN_AT=1048576

problem() { PROBLEMS+=("$1"); }

hostile_files() {
	printf 'secretsecret12' >$SECRET
	printf 'othersecret12x' >$MUTUAL
	chmod 600 $SECRET $MUTUAL
	head -c 262144 /dev/urandom >$WRITTEN
}

# ---- rows and workers -------------------------------------------------------------------------

worker_setup() { # NUMBER
	H=/tmp/hostile.$1
	HOSTILE_IQN=iqn.2026-01.example.kiscsi:hostile$1
	HOSTILE_PORTAL=127.0.0.1:$((3270 + 2 * $1))
	HOSTILE_PLAIN=127.0.0.1:$((3271 + 2 * $1))
	HOSTILE_LOG=$H.log
	: >"$HOSTILE_LOG"
	# its own place in the kernel's log, and reading there does not wait: the flag stays when dd has gone
	exec 8</dev/kmsg
	dd bs=8192 count=1 iflag=nonblock <&8 >/dev/null 2>&1
}

# What lib.sh's run does, with files of this worker's own.
attempt() {
	"$@" >"$H.stdout" 2>"$H.stderr" </dev/null
	STATUS=$?
	said OUT "$H.stdout"
	said ERR "$H.stderr"
	return $STATUS
}

row_take() { IFS=$'\t' read -r name phase expect io exits sets says what <<<"${ROWS[$1]}"; }

# The verdict goes to a file that the parent waits for: first line the status, then the comment.
row_verdict() { # INDEX
	{
		if [ ${#PROBLEMS[@]} = 0 ]; then
			echo pass
		else
			echo fail
			printf '%s\n' "${PROBLEMS[@]}" "target:"
			grep -v ': connection$' "$HOSTILE_LOG" | tail -n 12
			echo "kernel:"
			kernel_says | tail -n 12
		fi
	} >"/tmp/hostile.row.$1.new"
	mv "/tmp/hostile.row.$1.new" "/tmp/hostile.row.$1"
	PROBLEMS=()
}

# Whoever makes the file first has the row.
row_mine() { # INDEX
	local status

	set -C
	{ : >"/tmp/hostile.taken.$1"; } 2>/dev/null
	status=$?
	set +C
	return $status
}

worker() { # NUMBER FUNCTION
	local i

	worker_setup "$1"
	for ((i = 0; i < ${#ROWS[@]}; i++)); do
		row_mine "$i" || continue
		row_take "$i"
		row_options
		SID=''
		"$2"
		row_verdict "$i"
	done
}

any_alive() { # PID...
	local pid

	for pid in "$@"; do
		! kill -0 "$pid" || return 0
	done 2>/dev/null
	return 1
}

tell_rows() { # WORKER...
	local i verdict

	for ((i = 0; i < ${#ROWS[@]}; i++)); do
		until [ -e "/tmp/hostile.row.$i" ] || ! any_alive "$@"; do
			nap 0.1
		done
		row_take "$i"
		verdict=(fail "no worker is left, and this row has no verdict")
		[ ! -e "/tmp/hostile.row.$i" ] || mapfile -t verdict <"/tmp/hostile.row.$i"
		if [ "${verdict[0]}" = pass ]; then
			pass "$name: $what"
		else
			fail "$name: $what" "${verdict[@]:1}"
		fi
	done
}

# udev looks at each disk that comes, and again after each write: with hundreds of disks that is most
# of the work, and a read of its own may take a behaviour's turn.
udev_away() {
	udevadm control --exit 2>/dev/null
	trap udev_back EXIT
}

udev_back() {
	local status=$?

	/usr/lib/systemd/systemd-udevd --daemon 2>/dev/null
	trap finish EXIT
	(exit "$status")
	finish
}

# Work through $ROWS; 0 also when some of them failed.
hostile_rows() { # FUNCTION
	local i workers=()

	[ ${#ROWS[@]} -gt 0 ] || { fail "there are rows for $1"; return; }
	rm -f /tmp/hostile.taken.* /tmp/hostile.row.*
	hostile_files
	udev_away
	for ((i = 0; i < HOSTILE_WORKERS; i++)); do
		worker "$i" "$1" &
		workers+=($!)
	done
	tell_rows "${workers[@]}"
	wait "${workers[@]}"
}

hostile_each() {
	local call=$1 filter column skip n=0 line

	shift
	ROWS=()
	"$HOSTILE" --list >/tmp/hostile.list
	while read -r line; do
		IFS=$'\t' read -r name phase expect io exits sets says what <<<"$line"
		skip=''
		for filter in "$@"; do
			column=${filter%%=*}
			[[ ${!column} =~ ^(${filter#*=})$ ]] || skip=yes
		done
		[ -z "$skip" ] || continue
		n=$((n + 1))
		[ $((n % HOSTILE_STRIDE)) != 0 ] || ROWS+=("$line")
	done </tmp/hostile.list
	hostile_rows "$call"
}

# ---- the target -------------------------------------------------------------------------------

# There are hundreds of rows: no process for each look at a file, or at what was said.
file_has() { # WORD FILE
	local text

	said text "$2"
	[[ $text == *"$1"* ]]
}

text_has() { # REGEX TEXT: whatever the case
	local status

	shopt -s nocasematch
	[[ $2 =~ $1 ]]
	status=$?
	shopt -u nocasematch
	return $status
}

hostile_await() { # WORD FILE
	local i

	for ((i = 0; i < 500; i++)); do
		! file_has "$1" "$2" || return 0
		nap 0.02
	done
	return 1
}

hostile_start() {
	: >"$H.out"
	"$HOSTILE" --target "$HOSTILE_IQN" --listen "$HOSTILE_PORTAL" --plain "$HOSTILE_PLAIN" --count \
		--dump "$H.disk" "$@" >"$H.out" 2>"$HOSTILE_LOG" &
	HOSTILE_PID=$!
	hostile_await ' plain' "$H.out" || problem "the target does not start"
}

hostile_stop() { # STATUS... that are in order
	local status

	[ -n "$HOSTILE_PID" ] || return
	kill "$HOSTILE_PID" 2>/dev/null
	wait "$HOSTILE_PID"
	status=$?
	HOSTILE_PID=''
	[[ " 0 $* " == *" $status "* ]] ||
		problem "the target ends with status $status: $(grep -m 3 VIOLATION "$HOSTILE_LOG")"
}

hostile_arm() {
	kill -USR1 "$HOSTILE_PID"
	hostile_await ' armed' "$HOSTILE_LOG" || problem "the target is not armed"
}

hostile_disarm() {
	kill -HUP "$HOSTILE_PID"
	hostile_await ' well-behaved' "$HOSTILE_LOG" || problem "the target is not disarmed"
}

hostile_acted() { ! file_has 'behaved=0 ' "$HOSTILE_LOG" || problem "the behaviour never had its turn"; }

# Options of the target and of kiscsi for the row's columns "io" and "sets".
row_options() {
	local word

	TARGET_OPTIONS=()
	LOGIN_OPTIONS=()
	case $io in
	*-chap | *-mutual)
		TARGET_OPTIONS+=(--chap alice:secretsecret12)
		LOGIN_OPTIONS+=(--chap-user alice --chap-secret-file "$SECRET")
		;;
	esac
	if [[ $io == *-mutual ]]; then
		TARGET_OPTIONS+=(--mutual bob:othersecret12x)
		LOGIN_OPTIONS+=(--mutual-user bob --mutual-secret-file "$MUTUAL")
	fi
	[ "$sets" = - ] && return
	for word in $sets; do
		LOGIN_OPTIONS+=(--set "$word")
	done
}

# ---- the session ------------------------------------------------------------------------------

# N of the sessionN to this worker's target, in $SID; false if there is none
hostile_session() {
	local dir name

	for dir in /sys/class/iscsi_session/session*; do
		read -r name <"$dir/targetname" && [ "$name" = "$HOSTILE_IQN" ] || continue
		SID=${dir##*/session}
		return 0
	done 2>/dev/null
	return 1
}

hostile_gone() {
	compgen -G '/sys/class/iscsi_session/session*' >/dev/null || return 0
	! hostile_session
}

hostile_login() { # OPTION...
	DISK=''
	attempt timeout 60 kiscsi login "$HOSTILE_IQN" --portal "$HOSTILE_PORTAL" "${LOGIN_OPTIONS[@]}" "$@"
	[ "$STATUS" = 0 ] || return
	hostile_session
	[[ $OUT =~ /dev/sd[a-z]+ ]] || return
	DISK=${BASH_REMATCH[0]}
	# an open waits until the kernel has looked for partitions
	[ -n "$HOSTILE_IMPATIENT" ] || { : <"$DISK"; } 2>/dev/null
}

# Whatever happened: logged out in bounded time, by force if it must be, and nothing stays.
hostile_leave() {
	local start now

	hostile_gone && return
	clock start
	attempt timeout 40 kiscsi logout "$HOSTILE_IQN"
	hostile_gone || attempt timeout 20 kiscsi logout --force "$HOSTILE_IQN"
	hostile_gone || problem "the session stays after logout --force: $ERR"
	clock now
	[ $((now - start)) -lt $((40000 * SLOW)) ] || problem "the logout took $((now - start)) ms"
}

# ---- what the kernel and the command say --------------------------------------------------------

# Reading on from where we were is quicker than searching dmesg, and there is no process in it.
kernel_read() {
	local line lines

	mapfile -t -u 8 lines
	for line in "${lines[@]}"; do
		# a record is "priority,number,time,flags;text", then lines that begin with a space
		[[ $line == ' '* ]] || KERNEL_LOG+=${line#*;}$'\n'
	done
}

kernel_mark() {
	kernel_read
	KERNEL_LOG=''
	echo "hostile: $name" >/dev/kmsg
}

kernel_says() {
	kernel_read
	grep -E "session ?${SID:-none}\b|$HOSTILE_IQN|\[${DISK:+${DISK#/dev/}}\]" <<<"$KERNEL_LOG"
}

# The reasons for which connections of our session were given up, one a line, in $LOST; false if
# there is none.
kernel_lost() {
	local line

	LOST=''
	kernel_read
	while IFS= read -r line; do
		[[ ! $line =~ kiscsi:\ session\ $SID\ connection\ [0-9]+:\  ]] || LOST+=${line#*connection }$'\n'
	done <<<"$KERNEL_LOG"
	[ -n "$LOST" ]
}

# One line on stderr that says what the row wants, nothing on stdout, the right status.
hostile_refused() { # STATUS
	[[ " $exits " == *" $1 "* ]] || problem "exit status $1, wanted $exits"
	[ "$1" != 0 ] || return
	[[ -n $ERR && $ERR != *$'\n'* ]] || problem "not one line on stderr: $ERR"
	text_has "$says" "$ERR" || problem "stderr does not say $says: $ERR"
	[ -z "$OUT" ] || problem "stdout says $OUT"
}

# ---- the data ---------------------------------------------------------------------------------

pattern() { "$HOSTILE" --pattern "0,$1,$2"; }

read_is_right() { # a read may fail; what it gives is what the target has there
	local bytes=65536

	timeout "${1:-40}" dd if="$DISK" of="$H.got" bs=$bytes count=1 skip=$((PATTERN_AT / bytes)) iflag=direct \
		status=none 2>"$H.dd"
	READ_STATUS=$?
	[ $READ_STATUS != 124 ] || problem "the read hangs"
	[ $READ_STATUS != 0 ] || pattern $PATTERN_AT $bytes | cmp -s "$H.got" - ||
		problem "a read gave wrong data: $(pattern $PATTERN_AT $bytes | cmp "$H.got" - 2>&1)"
}

written_is() { # FILE OFFSET: the target's memory holds it
	rm -f "$H.disk"
	kill -USR2 "$HOSTILE_PID"
	wait_for 10 test -e "$H.disk" || problem "the target does not write its disk out"
	tail -c +$(($2 + 1)) "$H.disk" | head -c "$(stat -c %s "$1")" | cmp -s "$1" -
}

write_is_right() { # a write may fail; one that does not is on the disk
	local bytes=262144 at=2097152

	timeout "${1:-40}" dd if=$WRITTEN of="$DISK" bs=$bytes count=1 seek=$((at / bytes)) oflag=direct \
		status=none 2>"$H.dd"
	WRITE_STATUS=$?
	[ $WRITE_STATUS != 124 ] || problem "the write hangs"
	[ $WRITE_STATUS != 0 ] || written_is $WRITTEN $at ||
		problem "a write that was reported done is not on the disk"
}

# The same by SG_IO, whose commands neither the disk's driver nor the block layer repeats: what becomes of this one.
read_once() {
	local bytes=65536

	: >"$H.got"
	timeout 40 sg_raw -R -r $bytes -o "$H.got" "$DISK" 28 00 00 00 08 00 00 00 80 00 >"$H.dd" 2>&1
	READ_STATUS=$?
	[ $READ_STATUS != 124 ] || problem "the read hangs"
	[ $READ_STATUS != 0 ] || pattern $PATTERN_AT $bytes | cmp -s "$H.got" - || problem "a read gave wrong data"
}

write_once() {
	local bytes=65536 at=2097152

	timeout 40 sg_raw -s $bytes -i $WRITTEN "$DISK" 2a 00 00 00 10 00 00 00 80 00 >"$H.dd" 2>&1
	WRITE_STATUS=$?
	[ $WRITE_STATUS != 124 ] || problem "the write hangs"
	head -c $bytes $WRITTEN >"$H.part"
	[ $WRITE_STATUS != 0 ] || written_is "$H.part" $at ||
		problem "a write that was reported done is not on the disk"
}
