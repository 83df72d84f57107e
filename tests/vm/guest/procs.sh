# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Who is running. Under emulation pgrep costs more than all the rest of a clean-up.

# running NAME...: print "PID NAME" for each process of one of these names; true if there is one.
running() {
	local file comm name found=1

	for file in /proc/[0-9]*/comm; do
		read -r comm 2>/dev/null <"$file" || continue
		for name in "$@"; do
			[ "$comm" = "$name" ] || continue
			file=${file%/comm}
			echo "${file#/proc/} $comm"
			found=0
		done
	done 2>/dev/null
	return $found
}
