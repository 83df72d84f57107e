#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154
# Sourced by dracut before it goes over to the root filesystem.

[ ! -x /usr/lib/kiscsi/keep-network ] || /usr/lib/kiscsi/keep-network "$NEWROOT"
[ ! -x /usr/lib/kiscsi/bound-shutdown ] || /usr/lib/kiscsi/bound-shutdown "$NEWROOT"
