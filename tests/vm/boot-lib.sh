# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2034
# For "make check-boot": what runs a case in tests/boot, on the host. A target (tgt, on the loopback) with the disk that
# boot-image has made, and a machine that has no other. Needs host.sh.
#
#   serve [tgtadm ACCOUNT...]   the target is there, with a fresh copy of the disk
#   serve_silence               at port $SILENT, one that takes connections and never answers
#   tgt_stop, tgt_start         it dies without a word; it is there again
#   power_on ARGUMENT...        QEMU with these, besides console, memory and control
#   with_kernel INITRD WORD...  kernel and initramfs given to it, and the kernel command line
#   with_ipxe LINE...           the network interface's own ROM, which finds these lines in the boot file of DHCP
#   up SECONDS                  true when the system is up and its shell has answered
#   guest COMMAND               run it in there; its output is in $OUT, its status returned
#   console REGEX SECONDS       true when the console has said such a thing since the last type_in or power_on
#   type_in LINE                at the console's keyboard
#   ok, is, like                as in guest/lib.sh
set -u

IQN=iqn.2026-01.test.kiscsi:root
INITIATOR=iqn.2026-01.test.kiscsi:diskless
UUID=0b695cc1-6b69-4373-a369-000000000001
SECRET=a-secret-of-24-characters
DIR=$BUILD/vm/boot${DISK:+-$DISK}
WORK=$DIR/$CASE
LOG=$BUILD/log/boot-$CASE
CONSOLE=$LOG.console
TESTS=0 FAILED=0 OUT='' QEMU='' TGTD='' HUNG='' SCREEN='' SEEN=0
declare -a TGT_SETUP

note() { printf '# %s\n' "$@"; }

ok() { # WHAT COMMAND...
	local what=$1

	shift
	TESTS=$((TESTS + 1))
	"$@" && { echo "ok $TESTS - $what"; return; }
	FAILED=$((FAILED + 1))
	echo "not ok $TESTS - $what"
	printf 'command: %s\noutput: %s\n' "$*" "$OUT" | sed 's/^/#   /'
	return 1
}

is() { # WHAT GOT WANTED
	OUT="got: $2, wanted: $3"
	ok "$1" [ "$2" = "$3" ]
}

like() { # WHAT TEXT REGEX
	OUT="got: $2"
	ok "$1" grep -qE -- "$3" <<<"$2"
}

must() { ok "$@" || { tail -n 30 "$CONSOLE" | tr -d '\r' | sed 's/^/# console: /'; exit 1; }; }

wait_for() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.3
	done
}

# ---- the target -------------------------------------------------------------------------------

# Not installed on the host: unpacked from what the guests' images are made of.
tgt_program() {
	local deb

	if [ ! -x "$DIR/tgt/usr/sbin/tgtd" ]; then
		mkdir -p "$DIR/tgt"
		for deb in "$BUILD"/dl/guest/{tgt,librdmacm1,libibverbs1,libnl-3-200,libnl-route-3-200,libaio1,libconfig-general-perl}_*.deb; do
			[ ! -e "$deb" ] || dpkg-deb -x "$deb" "$DIR/tgt"
		done
	fi
	TGT_IPC_SOCKET=${TGT_IPC_SOCKET:-$WORK/tgtd} PATH=$DIR/tgt/usr/sbin:$PATH LD_LIBRARY_PATH=$DIR/tgt/usr/lib/x86_64-linux-gnu:$DIR/tgt/lib/x86_64-linux-gnu \
		"$@"
}

tgt() { tgt_program tgtadm --lld iscsi "$@"; }

tgt_start() {
	local setup

	tgt_program tgtd -f --iscsi "portal=127.0.0.1:$PORT" >"$LOG.tgtd" 2>&1 &
	TGTD=$!
	wait_for 10 tgt --mode system --op show || return
	for setup in "${TGT_SETUP[@]}"; do
		# shellcheck disable=SC2086 # words
		tgt $setup || return
	done
}

# As a crash: nobody is told. The function's shell waits for the program, which is its child.
tgt_stop() {
	[ -n "$TGTD" ] || return 0
	pkill -KILL -P "$TGTD"
	kill -KILL "$TGTD"
	wait "$TGTD"
	TGTD=
} 2>/dev/null

# As a target whose machine hangs: the kernel takes connections, and nobody answers.
serve_silence() {
	SILENT=$((PORT + 1))
	TGT_IPC_SOCKET=$WORK/silent tgt_program tgtd -f -C 1 --iscsi "portal=127.0.0.1:$SILENT" >"$LOG.silent" 2>&1 &
	HUNG=$!
	wait_for 10 bash -c ": <>/dev/tcp/127.0.0.1/$SILENT" && pkill -STOP -P "$HUNG"
}

silence_stop() {
	[ -n "$HUNG" ] || return 0
	pkill -KILL -P "$HUNG"
	wait "$HUNG"
	HUNG=
} 2>/dev/null

serve() {
	cp --reflink=auto --sparse=always "$DIR/disk.img" "$WORK/disk.img"
	TGT_SETUP=("--mode target --op new --tid 1 --targetname $IQN"
		"--mode logicalunit --op new --tid 1 --lun 1 --backing-store $WORK/disk.img"
		"--mode target --op bind --tid 1 --initiator-address ALL" "$@")
	tgt_start
}

# The target wants CHAP.
account=("--mode account --op new --user boot --password $SECRET" "--mode account --op bind --tid 1 --user boot")

# ---- the machine ------------------------------------------------------------------------------

# What CPU: as in host.sh, the one that costs an emulator least. And one only, where it is emulated: the module's first
# memalloc socket changes a static key, and QEMU now and then lets the other CPU run into the int3 of that change when
# the kernel has long forgotten it (an Oops in __alloc_skb, seen in one boot of ten), which no processor does.
power_on() {
	local cpus=2

	[[ $ACCEL != tcg* ]] || cpus=1
	SEEN=0
	: >"$CONSOLE"
	rm -f "$WORK"/{console,control}.{in,out}
	mkfifo "$WORK"/{console,control}.{in,out}
	cat <>"$WORK/console.out" >"$CONSOLE" &
	SCREEN=$!
	TMPDIR=$WORK qemu-system-x86_64 -accel "$ACCEL" -cpu max,-erms,-fsrm,-avx,-avx2,-la57 -smp "$cpus" -m 768 \
		-nodefaults -no-user-config -display none -device virtio-rng-pci \
		-chardev "pipe,id=console,path=$WORK/console" -serial chardev:console \
		-chardev "pipe,id=control,path=$WORK/control" -device isa-serial,chardev=control "$@" \
		</dev/null >"$LOG.qemu" 2>&1 &
	QEMU=$!
	exec {TO}<>"$WORK/control.in" {FROM}<>"$WORK/control.out" {KEYS}<>"$WORK/console.in"
}

# One interface, with an address by DHCP; the target is at 10.0.2.2.
NIC=(-netdev "user,id=net" -device "virtio-net-pci,netdev=net,romfile=")

with_kernel() { # INITRD KERNEL-ARGUMENT...
	local initrd=$1

	shift
	power_on -kernel "$DIR/vmlinuz" -initrd "$DIR/$initrd" -append "console=ttyS0 loglevel=5 net.ifnames=0 mitigations=off norandmaps no_timer_check ro $*" "${NIC[@]}"
}

# Without graphics SeaBIOS, and with it iPXE and GRUB, are on the serial port.
with_ipxe() { # LINE...
	ipxe_script "$@"
	power_on -machine pc,graphics=off -netdev "user,id=net,tftp=$WORK/tftp,bootfile=boot.ipxe" \
		-device virtio-net-pci,netdev=net,bootindex=1
}

ipxe_script() { # LINE...
	mkdir -p "$WORK/tftp"
	printf '%s\n' '#!ipxe' "$@" >"$WORK/tftp/boot.ipxe"
}

is_on() { [ -n "$QEMU" ] && kill -0 "$QEMU" 2>/dev/null; }
is_off() { ! is_on; }

power_off() {
	is_on && kill -KILL "$QEMU"
	wait "$QEMU" 2>/dev/null
	kill "$SCREEN" 2>/dev/null
	wait "$SCREEN" 2>/dev/null
	exec {TO}>&- {FROM}>&- {KEYS}>&-
	QEMU='' SCREEN=''
}

# It is not going to come up any more.
given_up() { says '\(initramfs\) |Press Enter for maintenance|end Kernel panic'; }

up() { # SECONDS
	local line end=$((SECONDS + $1))

	while [ "$SECONDS" -lt "$end" ] && is_on; do
		IFS= read -r -t 1 -u "$FROM" line || { ! given_up || return 1; continue; }
		[[ $line != @ready* ]] || { note "up after $((SECONDS - end + $1)) s"; return 0; }
	done
	return 1
}

guest() { # COMMAND [SECONDS]
	local line end=$((SECONDS + ${2:-180}))

	echo "$1" >&"$TO"
	OUT=
	while [ "$SECONDS" -lt "$end" ] && is_on; do
		IFS= read -r -t 1 -u "$FROM" line || continue
		[[ $line != @rc* ]] || return "${line#@rc }"
		OUT+=$line$'\n'
	done
	return 124
}

guest_says() { guest "$@" && printf '%s' "${OUT%$'\n'}"; }

says() { tail -c "+$((SEEN + 1))" "$CONSOLE" | grep -aqE -- "$1"; }
console() { wait_for "$2" says "$1"; } # REGEX SECONDS

type_in() { # LINE
	SEEN=$(stat -c %s "$CONSOLE")
	printf '%s\r' "$1" >&"$KEYS"
}

# ---- what every case looks at -----------------------------------------------------------------

on_the_lun() {
	guest 'root=$(readlink -f /sys/class/block/$(basename $(findmnt -n -o SOURCE /)))'
	like "/ is on a disk of ours" "$(guest_says 'echo $root')" /devices/kiscsi/host
	is "that is the LUN" "$(guest_says 'cat ${root%/target*}/iscsi_session/*/targetname')" "$IQN"
	ok "the session is listed" guest "kiscsi list | grep -q $IQN"
	ok "apply has nothing to do" guest 'out=$(kiscsi apply 2>&1) && test -z "$(grep -v "is not in the file" <<<"$out")"'
	ok "a login prompt" console 'diskless login:' 180
	is "it ends without the disk, if it has to" "$(guest_says 'systemctl show -P FailureAction systemd-poweroff.service')" poweroff-immediate
	ok "no unit has failed" guest '! systemctl --failed --plain --no-legend | grep .'
}

# Of the file that is being written to, "verify" may see one half of a change.
journal_in_order() {
	ok "the journal is in order" guest 'journalctl --rotate && journalctl -q --verify --file "/var/log/journal/*/system@*.journal"'
}

# The system ends by itself; its journal and filesystem are in order. LOSSES is what the console must not have said.
LOSSES='I/O error|connection .* failed|EXT4-fs error|Failed unmounting /$'

off_and_clean() {
	ok "poweroff" wait_for 300 is_off
	power_off
	tgt_stop
	ok "the session stayed to the end" grep -aq 'reboot: Power down' "$CONSOLE"
	OUT=$(grep -aE "$LOSSES" "$CONSOLE")
	ok "nothing was lost on the way" [ -z "$OUT" ]
	partition
	OUT=$(e2fsck -fn "$WORK/part.img" 2>&1)
	ok "the filesystem is clean" [ $? = 0 ]
	is "and was unmounted" "$(dumpe2fs -h "$WORK/part.img" 2>/dev/null | sed -n 's/^Filesystem state: *//p')" clean
	rm -f "$WORK/part.img"
}

# What is on the disk, as a file of its own.
partition() { dd if="$WORK/disk.img" of="$WORK/part.img" bs=1M skip=1 conv=sparse status=none; }

finish() {
	local status=$?

	[ -z "$QEMU" ] || power_off
	silence_stop
	tgt_stop
	rm -rf "$WORK"
	echo "1..$TESTS"
	# With a status of its own: a trap's plain "exit" takes that from before the trap.
	[ "$status" = 0 ] && [ "$FAILED" = 0 ] && [ "$TESTS" -gt 0 ] || exit 1
}

mkdir -p "$WORK" "$BUILD/log"
PORT=$((20000 + RANDOM % 10000))
trap finish EXIT
trap 'exit 1' INT TERM HUP
