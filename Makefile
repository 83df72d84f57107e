# SPDX-License-Identifier: GPL-2.0
#
# make                    the command (tools/kiscsi) and the module (kernel/kiscsi.ko)
# make KVER=<release>     the module for another kernel whose headers are installed
# make unit               CUnit tests of the protocol core and the command, no VM
# make fuzz               every parser under libFuzzer, briefly (FUZZ_SECONDS each)
# make check              everything, in VMs, on both kernels and all targets
# make check-debug        the cases on kernels with KASAN, lockdep, kmemleak and with KCSAN; QUICK=1: in minutes
# make check-interop      both kernels against all targets in pairs of what can be negotiated, libiscsi's conformance tests, a capture
# make check-boot         a real Debian from a LUN, by initramfs-tools and by dracut, in VMs
# make bench              kiscsi, iscsi_tcp, nvme-tcp and bare TCP compared, in VMs; BENCH=quick: in minutes
# make bench-gate         fails when the I/O path has become longer than tests/bench/recorded says
# make demo               the main job shown to a person, in a VM
# make install            into DESTDIR: install-tools (command, units, rules, completion, manual pages) and install-module
# make install-source     into DESTDIR: what DKMS builds the module from, /usr/src/kiscsi-VERSION
# make deb                Debian packages, in build/deb
# make clean              what was built; make distclean: also what was downloaded

KVER ?= $(shell ./tests/vm/default-kver)
KDIR ?= $(firstword $(wildcard /lib/modules/$(KVER)/build build/headers/$(KVER)) /lib/modules/$(KVER)/build)
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/kiscsi
INCLUDEDIR ?= $(PREFIX)/include
COMPLETIONSDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/vendor-completions
UNITDIR ?= /lib/systemd/system
RULESDIR ?= /lib/udev/rules.d
LIBDIR ?= $(PREFIX)/lib/kiscsi
INITRAMFSDIR ?= $(PREFIX)/share/initramfs-tools
DRACUTDIR ?= $(PREFIX)/lib/dracut/modules.d/95kiscsi
MODDIR ?= /lib/modules/$(KVER)/updates
VERSION := $(shell sed -n 's/^.define KISCSI_VERSION "\(.*\)"$$/\1/p' kernel/proto/version.h)
SRCDIR ?= /usr/src/kiscsi-$(VERSION)

# What is installed, for "make install" and the packages alike: FILE:DIRECTORY[:NAME]
PROGRAMS := tools/kiscsi:$(SBINDIR) tools/kiscsi-iscsiadm:$(SBINDIR) \
	system/keep-network:$(LIBDIR) \
	system/bound-shutdown:$(LIBDIR) \
	system/read-ahead:$(LIBDIR) \
	system/initramfs-parts:$(LIBDIR) \
	system/initramfs-tools/hook:$(INITRAMFSDIR)/hooks:kiscsi \
	system/initramfs-tools/local-top:$(INITRAMFSDIR)/scripts/local-top:kiscsi \
	system/initramfs-tools/local-bottom:$(INITRAMFSDIR)/scripts/local-bottom:kiscsi \
	system/dracut/module-setup.sh:$(DRACUTDIR) \
	system/dracut/parse-kiscsi.sh:$(DRACUTDIR) \
	system/dracut/kiscsi-boot.sh:$(DRACUTDIR) \
	system/dracut/iscsiroot.sh:$(DRACUTDIR) \
	system/dracut/pre-pivot.sh:$(DRACUTDIR)
FILES := \
	kernel/uapi/kiscsi.h:$(INCLUDEDIR)/linux \
	Documentation/kiscsi.4:$(MANDIR)/man4 \
	Documentation/kiscsi.8:$(MANDIR)/man8 \
	Documentation/kiscsi-iscsiadm.8:$(MANDIR)/man8 \
	Documentation/kiscsi.conf.5:$(MANDIR)/man5 \
	Documentation/examples/kiscsi.conf:$(DOCDIR)/examples \
	Documentation/examples/multipath.conf:$(DOCDIR)/examples \
	system/kiscsi.service:$(UNITDIR) \
	system/kiscsi-logout.service:$(UNITDIR) \
	system/kiscsi-shutdown.service:$(UNITDIR) \
	system/60-kiscsi.rules:$(RULESDIR) \
	system/initramfs-tools/conf-hook:$(INITRAMFSDIR)/conf-hooks.d:kiscsi \
	completion/kiscsi.bash:$(COMPLETIONSDIR):kiscsi \
	completion/_kiscsi:$(ZSHDIR)
MODULE_SOURCE = Kbuild kernel/Kbuild $(filter-out %.mod.c,$(wildcard kernel/*.[ch] kernel/proto/*.[ch])) \
	$(wildcard kernel/uapi/*.h kernel/compat/*.h)

# $(call put,MODE,FILE:DIRECTORY[:NAME])
word_of = $(word $(1),$(subst :, ,$(2)))
put = install -D -m $(1) $(call word_of,1,$(2)) \
	$(DESTDIR)$(call word_of,2,$(2))/$(or $(call word_of,3,$(2)),$(notdir $(call word_of,1,$(2))))
define newline


endef

.PHONY: all module tools unit fuzz check check-debug check-interop check-boot bench bench-gate demo setup lint install \
	install-tools install-module install-source deb clean distclean

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

check-interop:
	@tests/vm/setup all
	@CASE='@(interop|conformance|capture)' tests/vm/check

# A Debian root is made once, for a minute, and kept in build/vm/boot.
check-boot:
	@tests/vm/setup boot
	@tests/vm/boot

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

install: install-tools install-module

install-tools: tools
	$(foreach file,$(PROGRAMS),$(call put,0755,$(file))$(newline)	)
	$(foreach file,$(FILES),$(call put,0644,$(file))$(newline)	)
	install -d -m 0755 $(DESTDIR)/etc/kiscsi

install-module: module
	install -D -m 0644 kernel/kiscsi.ko $(DESTDIR)$(MODDIR)/kiscsi.ko
	$(if $(DESTDIR),,depmod $(KVER))

install-source:
	$(foreach file,$(MODULE_SOURCE),install -D -m 0644 $(file) $(DESTDIR)$(SRCDIR)/$(file)$(newline)	)
	sed 's/\#MODULE_VERSION\#/$(VERSION)/' system/dkms.conf >$(DESTDIR)$(SRCDIR)/dkms.conf

deb:
	@tests/vm/setup deb
	@debian/build $(DEB_VERSION)

clean:
	$(MAKE) -C tools clean
	$(MAKE) -C tests/unit clean
	$(MAKE) -C tests/fuzz clean
	$(if $(wildcard $(KDIR)),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name dl ! -name headers ! -name vm -exec rm -rf {} +

distclean: clean
	rm -rf build
