# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# What the host's scripts share: places, messages, apt, which kernels there are.

TOP=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
BUILD=$TOP/build
KERNEL_SERIES="6.1 6.12"
# Kernels that look for mistakes, built by "kernel" from the source of 6.12 and booted with its image.
DEBUG_SERIES="debug kcsan"

# What the guest is made of. Its closure is downloaded and unpacked, never configured or installed.
GUEST_PACKAGES="base-files base-passwd bash dash libc-bin coreutils util-linux fdisk mount kmod udev iproute2 e2fsprogs
xfsprogs fio lsscsi sg3-utils open-iscsi tgt istgt libiscsi-bin libmnl0 libnettle8 libjson-c5 libinih1 libidn12
mt-st mtx strace jq procps grep sed mawk tar gzip findutils diffutils nftables iputils-ping busybox-static
tshark python3-minimal lvm2 dmsetup mdadm open-isns-server open-isns-utils systemd-sysv dbus dkms tcc multipath-tools smartmontools udisks2"

# What makes a case longer or another, or tells a program in the guest what to do: passed on into the VM.
CASE_VARIABLES="APPLY_SILENT APPLY_TARGETS APPLY_TIMEOUT CONFORMANCE DISRUPTIONS FAULT_ROUNDS LUNS MUTATE_ROUNDS MUTATE_SECONDS MUTATE_TOTAL
NETEM_SECONDS SEED SESSIONS STRIDE SWAP_RESTARTS BENCH_ROLE BENCH_REPEATS"

say() { echo "vm: $*" >&2; }
die() { echo "vm: $*" >&2; exit 1; }

is_debug() { [[ " $DEBUG_SERIES " == *" $1 "* ]]; }

# The debug kernels that KERNEL and QUICK ask for.
debug_series() {
	local series wanted=${KERNEL:-${QUICK:+debug}}

	for series in $DEBUG_SERIES; do
		wants "$wanted" "$series" && echo "$series"
	done
}

wants() { # FILTER VALUE
	# shellcheck disable=SC2053 # a glob
	[ -z "$1" ] || [[ $2 == $1 ]]
}

# What every time limit is multiplied by: what a kernel that looks at everything costs.
slowness() { if is_debug "$1"; then echo 4; else echo 1; fi; }

# Where the headers of a release are: installed, or unpacked by "setup" because the package's
# dependencies would install a kernel on this host. A kernel of our own ends in its series' name.
headers_dir() {
	local dir

	for dir in "/lib/modules/$1/build" "$BUILD/headers/$1" "$BUILD/vm/${1##*-}/build"; do
		[ -d "$dir" ] && echo "$dir" && return
	done
	return 1
}

headers_meta() { if [ "$1" = 6.1 ]; then echo linux-headers-amd64; else echo "linux-headers-$1-amd64"; fi; }

# The release (6.1.0-NN-amd64) whose headers the meta package of a series stands for here.
kernel_release() {
	local depends

	is_debug "$1" && { cat "$BUILD/vm/$1/release" 2>/dev/null; return; }
	depends=$(dpkg-query -W -f '${Depends}\n' "$(headers_meta "$1")" 2>/dev/null)
	depends=${depends#linux-headers-}
	depends=${depends%% *}
	[ -n "$depends" ] || depends=$(cat "$BUILD/headers/$1" 2>/dev/null)
	[ -n "$depends" ] && headers_dir "$depends" >/dev/null || return 1
	echo "$depends"
}

image_key() {
	{
		echo "$1 $2 $GUEST_PACKAGES"
		cat "$TOP/tests/vm/image" "$TOP/tests/vm/guest/initramfs-init"
	} | sha256sum | cut -c 1-16
}

# The guest image of a series is there and made from today's recipe.
image_is_current() {
	[ "$(cat "$BUILD/vm/$1/key" 2>/dev/null)" = "$(image_key "$1" "$2")" ]
}

# apt-get with everything that makes it ask, wait or give up at once turned off. Package lists
# that are missing or older than the archive are fetched once, when the first try fails.
apt_retry() {
	local log=$1 try

	shift
	for try in 1 2 3 4; do
		if DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
			-o APT::Install-Recommends=false "$@" </dev/null >>"$log" 2>&1; then
			return 0
		fi
		[ "$try" = 4 ] && break
		[ "$try" = 1 ] || sleep $((try * 5))
		DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
			update </dev/null >>"$log" 2>&1
	done
	tail -n 20 "$log" >&2
	die "apt-get $* failed four times; the whole output is in $log"
}

# The disk that carries into the VM what changes from run to run: cases, library, our build.
# VM_GUEST is a directory with more programs for the guest.
# usage: make_payload FILE SERIES TARGET CASE...
make_payload() {
	local file=$1 series=$2 target=$3 tree name

	shift 3
	tree=$(mktemp -d "$BUILD/vm/payload.XXXXXX")
	mkdir -p "$tree/bin" "$tree/mod" "$tree/target" "$tree/deb"
	cp -r "$TOP/tests/vm/guest" "$tree/guest"
	[ -z "${VM_GUEST:-}" ] || cp -r "$VM_GUEST/." "$tree/guest"
	cp -r "$TOP/tests/cases" "$tree/cases"
	cp -r "$TOP/kernel/uapi" "$tree/uapi"
	cp -r "$TOP/Documentation/examples" "$TOP/README.md" "$tree/"
	cp "$TOP"/tools/kiscsi{,-iscsiadm} "$tree/bin/" 2>/dev/null
	cp "$BUILD/mod/$(kernel_release "$series")/kernel/kiscsi.ko" "$tree/mod/" 2>/dev/null
	cp -r "$BUILD/target/." "$tree/target/" 2>/dev/null
	cp -r "$BUILD/packages/." "$tree/deb/" 2>/dev/null
	! is_debug "$series" || cp -r "$BUILD/vm/$series/build/installed/lib/modules/." "$tree/modules"
	printf 'TARGET=%s\nSLOW=%s\nQUICK=%s\n' "$target" "$(slowness "$series")" "${QUICK:-}" >"$tree/env"
	for name in $CASE_VARIABLES; do
		[ -z "${!name:-}" ] || printf '%s=%q\n' "$name" "${!name}" >>"$tree/env"
	done
	printf '%s\n' "$@" >"$tree/run"
	tar -c -f "$file" -C "$tree" .
	rm -rf "$tree"
}

# A race that KCSAN sees is a warning too, and most are not ours: the guest reads the log. Interrupts
# come from the MP table: ACPI's way is a program with so many allocations that KASAN spends a minute on it.
kernel_arguments() {
	case $1 in
	debug) echo "panic_on_warn=1 kasan.fault=panic acpi=noirq lockdep.lock_stat=0" ;;
	kcsan) echo "panic_on_warn=0 acpi=noirq" ;;
	*) echo "panic_on_warn=1" ;;
	esac
}

# Start a VM; its second serial port is our standard output, the kernel's console goes to a file.
# VM_PROGRAM is what runs in the guest, VM_MEMORY its memory in MiB, VM_APPEND more kernel arguments.
# The CPU is one without what costs an emulator most: string instructions that go byte by
# byte, wide vectors, a fifth level of page tables. Without norandmaps every program that starts is translated anew,
# because QEMU knows a translation by its virtual address: fork and exec then take five times as long.
# usage: run_qemu tcg|kvm|ACCELERATOR SERIES PAYLOAD CONSOLE-LOG [QEMU-ARGUMENT...]
run_qemu() {
	local accel=tcg,thread=multi series=$2 dir=$BUILD/vm/$2 memory=1536 payload=$3 console=$4

	[ "$1" = tcg ] || accel=$1
	! is_debug "$2" || memory=2048
	shift 4
	: >"$console"
	mkdir -p "$BUILD/vm/tmp"
	TMPDIR=$BUILD/vm/tmp exec qemu-system-x86_64 -accel "$accel" -cpu max,-erms,-fsrm,-avx,-avx2,-la57 -smp "${VM_CPUS:-2}" -m "${VM_MEMORY:-$memory}" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$dir/vmlinuz" -initrd "$dir/initrd.img" \
		-append "console=ttyS0 quiet panic=-1 oops=panic $(kernel_arguments "$series") mitigations=off nokaslr norandmaps log_buf_len=4M random.trust_cpu=on kiscsi_run=${VM_PROGRAM:-run-cases} ${VM_APPEND:-}" \
		-drive "file=$dir/root.img,format=raw,if=virtio,snapshot=on" \
		-drive "file=$payload,format=raw,if=virtio,readonly=on" \
		-device virtio-rng-pci -serial "file:$console" -serial stdio "$@" </dev/null
}

# Print tcg, or kvm when a VM has been seen to boot under KVM: on many machines /dev/kvm is there
# and cannot. The verdict holds until the host reboots or the guest image changes.
accelerator() {
	local series=$1 verdict=$BUILD/vm/$1/accel id payload accel=tcg

	id=$(cat /proc/sys/kernel/random/boot_id)
	if [ -w /dev/kvm ]; then
		if [ "$(sed -n 1p "$verdict" 2>/dev/null)" = "$id" ]; then
			sed -n 2p "$verdict"
			return
		fi
		payload=$BUILD/vm/probe-$series.tar
		make_payload "$payload" "$series" none
		if (run_qemu kvm "$series" "$payload" "$BUILD/log/probe-$series.console" &
			qemu=$!
			(sleep 20 && kill -9 $qemu) >/dev/null 2>&1 &
			wait $qemu
			kill $! 2>/dev/null) 2>"$BUILD/log/probe-$series.err" | grep -qx '@done'; then
			accel=kvm
		fi
		printf '%s\n%s\n' "$id" "$accel" >"$verdict"
	fi
	echo "$accel"
}

case_header() { sed -n "s/^# $2: *//p" "$TOP/tests/cases/$1" | head -n 1; }

# Run a build step with its output in a log; fail when it does, or when it warns about our files.
# usage: logged LOG COMMAND...
logged() {
	local log=$1

	shift
	"$@" </dev/null >"$log" 2>&1 || return 1
	! grep -E '(^|[^/a-z])(\./)?(kernel|tools|tests)/[a-z/_-]+\.[ch]:[0-9].*(warning|error):' "$log"
}

build_tools() { logged "$BUILD/log/tools.log" make -C "$TOP" tools; }

# What else runs in the VM: the hostile target, libiscsi's second opinion, helpers; in build/target.
build_target() { logged "$BUILD/log/target.log" build_target_steps; }

build_target_steps() {
	mkdir -p "$BUILD/target"
	[ ! -f "$TOP/tests/target/Makefile" ] || make -C "$TOP/tests/target" || return
	build_helper iscsi-rw tests/vm/iscsi-rw.c -liscsi && build_helper fsx tests/vm/fsx.c &&
		build_helper cutter tests/vm/cutter.c
}

build_helper() { # NAME GCC-ARGUMENT...
	local name=$1

	shift
	(cd "$TOP" && gcc -O2 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
		-o "$BUILD/target/$name" "$@")
}

# The packages of this version and of one after it, as DKMS has built it: for cases with "# packages: yes".
build_packages() { logged "$BUILD/log/packages.log" build_packages_steps "$1"; }

build_packages_steps() { # RELEASE
	local version next dir=$BUILD/packages

	rm -rf "$dir" "$BUILD/dkms"
	mkdir -p "$dir" "$BUILD/dkms/tree"
	version=$(dpkg-parsechangelog -l "$TOP/debian/changelog" -S Version)
	next=$version+next
	DEB_BUILD_OPTIONS=nocheck "$TOP/debian/build" &&
		lintian --allow-root --fail-on error,warning "$BUILD/deb/kiscsi_${version}"_*.changes &&
		DEB_BUILD_OPTIONS=nocheck "$TOP/debian/build" "$next" || return
	cp "$BUILD"/deb/kiscsi{,-dkms}_{"$version","$next"}_*.deb "$dir/" || return
	dpkg-deb -x "$BUILD/deb/kiscsi-dkms_${next}_all.deb" "$BUILD/dkms" || return
	dkms_here add "$next" && dkms_here build "$next" -k "$1" --kernelsourcedir "$(headers_dir "$1")" --no-depmod &&
		dkms_here mktarball "$next" -k "$1" --archive "kiscsi-$next.dkms.tar.gz" || return
	cp "$BUILD/dkms/tree/kiscsi/$next/tarball/kiscsi-$next.dkms.tar.gz" "$dir/"
}

dkms_here() { # COMMAND VERSION OPTION...
	local command=$1 version=$2

	shift 2
	dkms "$command" -m kiscsi -v "$version" --dkmstree "$BUILD/dkms/tree" --sourcetree "$BUILD/dkms/usr/src" "$@"
}

# The module for one release, built outside the source tree so that two releases do not meet.
# usage: build_module RELEASE [C]
build_module() {
	local release=$1 dir=$BUILD/mod/$1 file

	mkdir -p "$dir"
	cp -pu "$TOP/Kbuild" "$dir/"
	cp -rpu "$TOP/kernel" "$dir/"
	(cd "$dir" && find kernel -name '*.[chS]' -o -name Kbuild -o -name Makefile) | while read -r file; do
		[ -e "$TOP/$file" ] || rm -f "$dir/$file"
	done
	# A warning is shown once: what warned is built again next time.
	logged "$BUILD/log/module-$release.log" make -C "$(headers_dir "$release")" M="$dir" W=1 C="${2:-2}" modules ||
		{ find "$dir" -name '*.o' -delete; return 1; }
}
