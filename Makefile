# SPDX-License-Identifier: GPL-2.0
#
# make                    the command (tools/kiscsi) and the module (kernel/kiscsi.ko)
# make KVER=<release>     the module for another kernel whose headers are installed
# make unit               CUnit tests of the protocol core and the command, no VM
# make fuzz               every parser under libFuzzer, briefly (FUZZ_SECONDS each)
# make check              everything, in VMs, on both kernels and all targets
# make check-debug        the cases on kernels with KASAN, lockdep, kmemleak and with KCSAN; QUICK=1: in minutes
# make bench              kiscsi, iscsi_tcp, nvme-tcp and bare TCP compared, in VMs; BENCH=quick: in minutes
# make bench-gate         fails when the I/O path has become longer than tests/bench/recorded says
# make demo               the main job shown to a person, in a VM
# make install            into DESTDIR (module, command, header, manual pages)
# make clean              what was built; make distclean: also what was downloaded

KVER ?= $(shell ./tests/vm/default-kver)
KDIR ?= $(firstword $(wildcard /lib/modules/$(KVER)/build build/headers/$(KVER)) /lib/modules/$(KVER)/build)
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
INCLUDEDIR ?= $(PREFIX)/include
MODDIR ?= /lib/modules/$(KVER)/updates

.PHONY: all module tools unit fuzz check check-debug bench bench-gate demo setup lint install clean distclean

all: tools module

module:
	@test -d "$(KDIR)" || { echo "no kernel headers in $(KDIR): run 'make setup', or install linux-headers-amd64" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(W),W=$(W)) $(if $(C),C=$(C)) modules

tools:
	$(MAKE) -C tools

unit:
	@tests/vm/setup unit
	$(MAKE) -C tests/unit check

fuzz:
	@tests/vm/setup unit
	$(MAKE) -C tests/fuzz check

# What Debian has that we need, and nothing else: packages for building, kernels and targets for the VMs.
setup:
	@tests/vm/setup all

check:
	@tests/vm/setup all
	@tests/vm/check

# The kernels are built once and kept in $(KISCSI_CACHE), by default ~/.cache/kiscsi.
check-debug:
	@tests/vm/setup debug
	@tests/vm/check debug

# Needs the guest of one kernel only; see Documentation/performance.rst.
bench:
	@tests/vm/setup bench
	@tests/bench/bench

bench-gate:
	@tests/vm/setup bench
	@tests/bench/bench gate

demo:
	@tests/vm/setup all
	@tests/vm/demo

lint:
	@tests/lint

install: all
	install -D -m 0755 tools/kiscsi $(DESTDIR)$(SBINDIR)/kiscsi
	install -D -m 0644 kernel/kiscsi.ko $(DESTDIR)$(MODDIR)/kiscsi.ko
	install -D -m 0644 kernel/uapi/kiscsi.h $(DESTDIR)$(INCLUDEDIR)/linux/kiscsi.h
	install -D -m 0644 Documentation/kiscsi.8 $(DESTDIR)$(MANDIR)/man8/kiscsi.8
	$(if $(DESTDIR),,depmod $(KVER))

clean:
	$(MAKE) -C tools clean
	$(MAKE) -C tests/unit clean
	$(MAKE) -C tests/fuzz clean
	$(if $(wildcard $(KDIR)),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name dl ! -name headers ! -name vm -exec rm -rf {} +

distclean: clean
	rm -rf build
