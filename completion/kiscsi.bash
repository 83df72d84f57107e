# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for kiscsi(8), loaded by the package bash-completion. Commands, options and settings come from the
# command's own --help, so that they are said once.

_kiscsi_commands() { kiscsi --help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p'; }

_kiscsi_options() { kiscsi "$1" --help 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p'; }

_kiscsi_settings() { kiscsi login --help 2>/dev/null | sed -n 's/^KEY is one of //p' | sed 's/ /= /g; s/$/=/'; }

_kiscsi_targets() { cat /sys/devices/kiscsi/host*/session*/iscsi_session/session*/targetname 2>/dev/null; }

_kiscsi_sections() { sed -n '/^\[defaults\]/d; s/^\[\(.*\)\].*/\1/p' /etc/kiscsi/kiscsi.conf 2>/dev/null; }

_kiscsi_argument() { # COMMAND
	case $1 in
	config) echo check show ;;
	import) echo open-iscsi ;;
	login) _kiscsi_sections ;;
	list | rescan | logout) _kiscsi_targets ;;
	apply) compgen -f -- "$cur" ;;
	esac
}

_kiscsi() {
	# shellcheck disable=SC2034 # set for us
	local cur prev words cword choice

	# A target's name is one word for the command, though it has colons.
	_init_completion -n := || return
	case $prev in
	kiscsi) choice="$(_kiscsi_commands) --help --version" ;;
	--*-file)
		_filedir
		return
		;;
	--set)
		compopt -o nospace
		choice=$(_kiscsi_settings)
		;;
	--portal | --timeout | --watch | --*-user) return ;;
	*) if [[ $cur == -* ]]; then choice=$(_kiscsi_options "${words[1]}"); else choice=$(_kiscsi_argument "${words[1]}"); fi ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choice" -- "$cur")
	__ltrim_colon_completions "$cur"
} && complete -F _kiscsi kiscsi
