/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two no-ops between which instructions are counted: the long nop that compilers use for padding, with
 * a displacement that no compiler would write.
 */
#ifndef BENCH_MARKER_H
#define BENCH_MARKER_H

#define MARKER_SIZE	8
#define MARKER_COMMON	"\x0f\x1f\x84\x00" "kis"
#define MARKER_BEGIN	MARKER_COMMON "b"
#define MARKER_END	MARKER_COMMON "e"

#define marker_begin()	__asm__ volatile(".ascii \"" "\\x0f\\x1f\\x84\\x00" "kisb" "\"" ::: "memory")
#define marker_end()	__asm__ volatile(".ascii \"" "\\x0f\\x1f\\x84\\x00" "kise" "\"" ::: "memory")

#endif
