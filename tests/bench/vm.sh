# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The benchmark's virtual machines: what they boot with, and what is kept of what they say.

BENCH_OUT=$BUILD/bench
SERIES=${KERNEL:-6.12}
# A "rep movsb" is a step a byte for TCG; without it copies are made of longer steps, as on a CPU that
# takes none of them one by one.
BENCH_CPU=max,-erms,-monitor
NIC=virtio-net-pci,netdev=wire,romfile=
qemus=()

build_bench() { logged "$BUILD/log/bench.log" build_bench_steps; }

build_bench_steps() {
	mkdir -p "$BUILD/target" "$BENCH_OUT"
	build_helper bench-disk tests/bench/disk.c tests/bench/measure.c &&
		build_helper bench-exchange tests/bench/exchange.c tests/bench/measure.c &&
		build_helper ../bench/plugin.so -fPIC -shared -fvisibility=hidden tests/bench/plugin.c
}

end_vms() {
	[ ${#qemus[@]} = 0 ] || kill -9 "${qemus[@]}" 2>/dev/null
	qemus=()
}

# The payload of a VM of this layout: its role, and what is to be measured.
# usage: bench_payload ROLE DIRECTORY [LINE...]
bench_payload() {
	local BENCH_ROLE=$1 dir=$2

	shift 2
	VM_GUEST=$TOP/tests/bench/guest make_payload "$dir/$BENCH_ROLE.tar" "$SERIES" lio "$@"
}

# usage: start_vm ROLE DIRECTORY ACCELERATOR CPUS [QEMU-ARGUMENT...]; its words are on descriptor $vm
start_vm() {
	local role=$1 dir=$2 accel=$3 cpus=$4

	shift 4
	exec {vm}< <(VM_PROGRAM=bench VM_APPEND=idle=halt run_qemu "$accel" "$SERIES" "$dir/$role.tar" \
		"$dir/$role.console" -cpu $BENCH_CPU -smp "$cpus" "$@" 2>"$dir/$role.qemu")
	qemus+=($!)
}

# Copy what the VM says into a file until it says a word, or the time is over.
# usage: follow_vm DESCRIPTOR FILE @WORD SECONDS
follow_vm() {
	local line deadline=$((SECONDS + $4))

	while IFS= read -r -t $((deadline > SECONDS ? deadline - SECONDS : 1)) -u "$1" line; do
		echo "$line" >>"$2"
		[ "$line" != "$3" ] || return 0
		[[ $line != Bail* ]] || break
	done
	tail -n 5 "$2" >&2
	die "the VM does not come to its $3; see ${2#"$TOP"/} and the console beside it"
}

# Measure in one VM over loopback, or in two VMs joined by a wire.
# usage: run_layout LAYOUT DIRECTORY LINE...
#   loopback   one VM, one CPU, time counted in instructions: the same every time
#   two-cpus   one VM, two CPUs, each a thread of the host
#   four-cpus  one VM, four CPUs that take turns in one thread of the host, time counted in instructions
#   two-vms    the initiator's VM alone is counted
run_layout() {
	local layout=$1 dir=$2 vm target
	local counted=(-plugin "$BENCH_OUT/plugin.so,out=$dir/regions"
		-drive "file=$dir/symbols,format=raw,if=virtio")

	shift 2
	rm -rf "$dir"
	mkdir -p "$dir"
	truncate -s 32M "$dir/symbols"
	printf '%s\n' "$@" >"$dir/plan"
	case $layout in
	loopback)
		bench_payload both "$dir" "$@"
		start_vm both "$dir" tcg,thread=single 1 -icount shift=0,sleep=off "${counted[@]}"
		;;
	two-cpus)
		bench_payload both "$dir" "$@"
		start_vm both "$dir" tcg,thread=multi 2 "${counted[@]}"
		;;
	four-cpus)
		bench_payload both "$dir" "$@"
		start_vm both "$dir" tcg,thread=single 4 -icount shift=0,sleep=off "${counted[@]}"
		;;
	two-vms)
		bench_payload target "$dir"
		# Instructions are time here too, or a busy host would add timer ticks to every I/O; but a VM that
		# waits for the other may not jump to its next timer.
		start_vm target "$dir" tcg,thread=single 1 -icount shift=0 -device "$NIC" \
			-netdev "stream,id=wire,server=on,addr.type=unix,addr.path=$dir/wire"
		target=$vm
		follow_vm "$target" "$dir/target.log" @ready 120
		bench_payload initiator "$dir" "$@"
		start_vm initiator "$dir" tcg,thread=single 1 -icount shift=0 "${counted[@]}" -device "$NIC,mac=52:54:00:12:34:57" \
			-netdev "stream,id=wire,server=off,addr.type=unix,addr.path=$dir/wire"
		;;
	*) die "BENCH: \"$layout\": want loopback, two-vms, two-cpus or four-cpus, or quick" ;;
	esac
	follow_vm "$vm" "$dir/log" @done $((120 + $# * BENCH_REPEATS * 60))
	end_vms
	rm -f "$dir"/*.tar "$dir/wire"
}
