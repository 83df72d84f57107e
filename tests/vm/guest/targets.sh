# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# Real targets, started and torn down in the same words whichever they are ($TARGET: lio, tgt, istgt).
#
#   target_new IQN [OPTION=VALUE...]
#       chap_user chap_secret mutual_user mutual_secret
#       header_digest data_digest      None, CRC32C or both in order of preference
#       initial_r2t immediate_data     Yes or No
#       first_burst max_burst max_r2t max_recv max_connections
#       readonly=yes                   every LUN is write protected
#   target_lun IQN LUN [size=64M] [block=512] [file=PATH]
#       backend=null                   lio: moves no data and keeps none
#   target_up [ADDRESS:PORT...]        from here on it answers; default is every address, port 3260
#   target_crash, target_restart  connections break, nothing answers in between; the disks keep what
#                                  they hold
#   target_can FEATURE                 chap-sha1 chap-sha256 chap-sha3 hot-add readonly 4k large portals copy
#
# Then: $PORTAL is where it answers, $FIRST_LUN the number of the first disk,
# $LUN_FILE the file behind the LUN added last (not for rd).

# A case that starts a target and names none gets LIO.
case ${TARGET:-none} in none | target) TARGET=lio ;; esac
IQN=iqn.2026-01.test.kiscsi
PORTAL=127.0.0.1:3260
FIRST_LUN=0
[ "$TARGET" = tgt ] && FIRST_LUN=1
LUN_FILE=
LIO=/sys/kernel/config/target
LUN_DIR=/tmp/luns
declare -A OPT
TGT_COUNT=0
TGT_SETUP=()
LIO_COUNT=0
ISTGT_COUNT=0
ISTGT_UNITS=''
ISTGT_GLOBAL=''
ISTGT_DIR=/tmp/istgt

target_can() {
	case $TARGET:$1 in
	# EXTENDED COPY has a work item on the stack that is not marked as such: a splat where the kernel looks for it.
	lio:copy) [[ $(uname -r) != *-debug ]] ;;
	lio:*) return 0 ;;
	tgt:hot-add | tgt:readonly | tgt:4k | tgt:large | tgt:portals) return 0 ;;
	istgt:4k | istgt:large) return 0 ;;
	*) return 1 ;;
	esac
}

read_options() {
	local pair

	OPT=()
	for pair in "$@"; do
		OPT[${pair%%=*}]=${pair#*=}
	done
}

option() { echo "${OPT[$1]:-${2:-}}"; }

target_new() { local iqn=$1; shift; read_options "$@"; "${TARGET}_new" "$iqn"; }

target_lun() {
	local iqn=$1 lun=$2

	shift 2
	read_options "$@"
	mkdir -p "$LUN_DIR"
	LUN_FILE=$(option file "$LUN_DIR/${iqn##*:}-$lun")
	[ -e "$LUN_FILE" ] || truncate -s "$(option size 64M)" "$LUN_FILE"
	"${TARGET}_lun" "$iqn" "$lun"
}

target_up() {
	[ $# -gt 0 ] || set -- 0.0.0.0:3260 '[::]:3260'
	"${TARGET}_up" "$@" && wait_for 20 answers 127.0.0.1 "${1##*:}"
}

target_crash() { "${TARGET}_crash"; }
target_restart() { "${TARGET}_restart"; }

# True when something accepts a connection there. A bare connect: every target puts up with it.
answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# target_version NAME: the target, and the kernel of both sides.
target_version() {
	local version=''

	case $1 in tgt | istgt) version=" $(dpkg-query -W -f '${Version}' "$1")" ;; esac
	echo "$1$version on $KVER"
}

# one_target: the target most cases want, with one LUN of 64 MiB.
one_target() {
	target_new "$IQN:disk" "$@" && target_lun "$IQN:disk" "$FIRST_LUN" && target_up
}

targets_stop() {
	lio_stop
	tgt_stop
	istgt_stop
	hostile_stop
	rm -rf "$LUN_DIR"
}

kill_and_wait() {
	running "$2" >/dev/null || return 0
	pkill "-$1" -x "$2"
	wait_for 10 not_running "$2" && return 0
	pkill -KILL -x "$2"
	wait_for 5 not_running "$2"
}

not_running() { ! running "$1" >/dev/null; }

# ---- LIO, the kernel's, by configfs -----------------------------------------------------------

# Without a newline: LIO takes it as part of a secret.
put() { printf '%s' "$1" >"$2" || { echo "cannot write '$1' to $2" >&2; return 1; }; }

lio_load() {
	# where it keeps reservations that outlast a loss of power, and without which it refuses them
	mkdir -p /var/target/pr
	modprobe -a target_core_mod target_core_file iscsi_target_mod || return
	grep -q ' /sys/kernel/config ' /proc/mounts || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$LIO/iscsi"
}

lio_param() { [ -z "$(option "$2")" ] || put "$(option "$2")" "$tpg/param/$1"; }

lio_new() {
	local tpg=$LIO/iscsi/$1/tpgt_1

	lio_load && mkdir -p "$tpg" || return
	put 1 "$tpg/attrib/generate_node_acls"
	put 1 "$tpg/attrib/cache_dynamic_acls"
	put 0 "$tpg/attrib/demo_mode_write_protect"
	[ "$(option readonly)" != yes ] || put 1 "$tpg/attrib/demo_mode_write_protect"
	put 0 "$tpg/attrib/authentication"
	if [ -n "$(option chap_user)" ]; then
		put 1 "$tpg/attrib/authentication"
		put "$(option chap_user)" "$tpg/auth/userid"
		put "$(option chap_secret)" "$tpg/auth/password"
	fi
	if [ -n "$(option mutual_user)" ]; then
		put "$(option mutual_user)" "$tpg/auth/userid_mutual"
		put "$(option mutual_secret)" "$tpg/auth/password_mutual"
	fi
	lio_set "$1"
}

# Change what a running LIO target negotiates; it holds from the next login on.
lio_set() {
	local tpg=$LIO/iscsi/$1/tpgt_1

	lio_param HeaderDigest header_digest
	lio_param DataDigest data_digest
	lio_param InitialR2T initial_r2t
	lio_param ImmediateData immediate_data
	lio_param FirstBurstLength first_burst
	lio_param MaxBurstLength max_burst
	lio_param MaxOutstandingR2T max_r2t
	lio_param MaxRecvDataSegmentLength max_recv
	lio_param MaxXmitDataSegmentLength max_xmit
	lio_param MaxConnections max_connections
}

lio_lun() {
	local dev size lun=$LIO/iscsi/$1/tpgt_1/lun/lun_$2

	LIO_COUNT=$((LIO_COUNT + 1))
	size=$(stat -c %s "$LUN_FILE")
	if [ "$(option backend)" = null ]; then
		dev=$LIO/core/rd_mcp_$LIO_COUNT/disk
		mkdir -p "$dev" && put "rd_pages=$((size >> 12)),rd_nullio=1" "$dev/control" || return
	else
		dev=$LIO/core/fileio_$LIO_COUNT/disk
		mkdir -p "$dev" && put "fd_dev_name=$LUN_FILE,fd_dev_size=$size" "$dev/control" || return
	fi
	put "kiscsi$LIO_COUNT-${1##*:}" "$dev/wwn/vpd_unit_serial"
	put 1 "$dev/enable" || return
	[ -z "$(option block)" ] || put "$(option block)" "$dev/attrib/block_size"
	mkdir -p "$lun" && ln -s "$dev" "$lun/disk"
}

lio_up() {
	local portal tpg

	for tpg in "$LIO"/iscsi/iqn*/tpgt_1; do
		for portal in "$@"; do
			# The IPv6 wildcard answers for IPv4 too.
			[ "$portal" = 0.0.0.0:3260 ] && [[ "$*" == *'[::]:3260'* ]] && continue
			[ -d "$tpg/np/$portal" ] || mkdir "$tpg/np/$portal" || return
		done
		put 1 "$tpg/enable" || return
	done
}

lio_enable() {
	local tpg

	for tpg in "$LIO"/iscsi/iqn*/tpgt_1; do
		put "$1" "$tpg/enable" || return
	done
}

lio_crash() { lio_enable 0; }
lio_restart() { lio_enable 1; }

lio_unlun() { rm -f "$LIO/iscsi/$1/tpgt_1/lun/lun_$2/disk" && rmdir "$LIO/iscsi/$1/tpgt_1/lun/lun_$2"; }

lio_stop() {
	local dir

	[ -d "$LIO/iscsi" ] || return 0
	for dir in "$LIO"/iscsi/iqn*/tpgt_*; do
		[ -d "$dir" ] || continue
		put 0 "$dir/enable"
		rm -f "$dir"/lun/lun_*/disk
		rmdir "$dir"/acls/* "$dir"/lun/lun_* "$dir"/np/* "$dir"
	done 2>/dev/null
	for dir in "$LIO"/iscsi/iqn*; do
		[ ! -d "$dir" ] || rmdir "$dir"
	done
	for dir in "$LIO"/core/{fileio,rd_mcp,pscsi}_*; do
		[ -d "$dir" ] || continue
		rmdir "$dir"/disk/alua/* 2>/dev/null # not the one it was made with
		rmdir "$dir/disk" "$dir"
	done
	[ ! -d /sys/module/scsi_debug ] || modprobe -r scsi_debug
	LIO_COUNT=0
}

# ---- tgt --------------------------------------------------------------------------------------

tgt() { tgtadm --lld iscsi "$@"; }

# as tgt, and again after a restart
tgt_set() { tgt "$@" && TGT_SETUP+=("$*"); }

tgt_start() {
	running tgtd >/dev/null && return 0
	tgtd || return
	wait_for 20 tgt --mode system --op show
}

tgt_id() {
	tgt --mode target --op show | sed -n "s/^Target \([0-9]*\): ${1//./\\.}\$/\1/p"
}

tgt_param() {
	[ -z "$(option "$2")" ] ||
		tgt_set --mode target --op update --tid "$tid" --name "$1" --value "$(option "$2")"
}

tgt_new() {
	local tid

	tgt_start || return
	TGT_COUNT=$((TGT_COUNT + 1))
	tid=$TGT_COUNT
	tgt_set --mode target --op new --tid "$tid" --targetname "$1" || return
	tgt_param HeaderDigest header_digest
	tgt_param DataDigest data_digest
	tgt_param InitialR2T initial_r2t
	tgt_param ImmediateData immediate_data
	tgt_param FirstBurstLength first_burst
	tgt_param MaxBurstLength max_burst
	tgt_param MaxOutstandingR2T max_r2t
	tgt_param MaxRecvDataSegmentLength max_recv
	tgt_param MaxConnections max_connections
	TGT_READONLY=$(option readonly)
	[ -z "$(option chap_user)" ] || tgt_account "$(option chap_user)" "$(option chap_secret)"
	[ -z "$(option mutual_user)" ] || tgt_account "$(option mutual_user)" "$(option mutual_secret)" --outgoing
}

tgt_account() {
	tgt_set --mode account --op new --user "$1" --password "$2" 2>/dev/null
	tgt_set --mode account --op bind --tid "$tid" --user "$1" ${3:+"$3"}
}

tgt_lun() {
	local tid

	tid=$(tgt_id "$1")
	tgt_set --mode logicalunit --op new --tid "$tid" --lun "$2" --backing-store "$LUN_FILE" \
		${OPT[block]:+--blocksize "${OPT[block]}"} || return
	# Else every disk that ever has this LUN claims to be the same one.
	tgt_set --mode logicalunit --op update --tid "$tid" --lun "$2" --params "scsi_id=kiscsi-${LUN_FILE##*/}" || return
	[ "${TGT_READONLY:-}" != yes ] ||
		tgt_set --mode logicalunit --op update --tid "$tid" --lun "$2" --params readonly=1
}

tgt_unlun() { tgt --mode logicalunit --op delete --tid "$(tgt_id "$1")" --lun "$2"; }

tgt_up() {
	local tid portal

	for portal in "$@"; do
		[[ $portal == *:3260 ]] || tgt_set --mode portal --op new --param "portal=$portal" || return
	done
	for ((tid = 1; tid <= TGT_COUNT; tid++)); do
		tgt_set --mode target --op bind --tid "$tid" --initiator-address ALL || return
	done
}

tgt_crash() { kill_and_wait KILL tgtd; }

tgt_restart() {
	local setup

	tgt_start || return
	for setup in "${TGT_SETUP[@]}"; do
		# shellcheck disable=SC2086 # words
		tgt $setup || return
	done
}

# tgtd notes its own death only when nothing is logged in; killing it is what a crash does.
tgt_stop() {
	TGT_COUNT=0
	TGT_SETUP=()
	kill_and_wait KILL tgtd
}

# ---- istgt: everything is in its configuration, read when it starts ----------------------------

istgt_new() {
	ISTGT_COUNT=$((ISTGT_COUNT + 1))
	local auth=None group=None n=$ISTGT_COUNT digest

	mkdir -p "$ISTGT_DIR"
	if [ -n "$(option chap_user)" ]; then
		auth=CHAP
		[ -z "$(option mutual_user)" ] || auth="CHAP Mutual"
		group=AuthGroup$n
		printf '[AuthGroup%s]\n  Auth "%s" "%s" "%s" "%s"\n' "$n" "$(option chap_user)" \
			"$(option chap_secret)" "$(option mutual_user)" "$(option mutual_secret)" >>"$ISTGT_DIR/auth.conf"
	fi
	digest=Auto
	[[ "$(option header_digest)" == CRC32C* ]] && digest="Header"
	[[ "$(option data_digest)" == CRC32C* ]] && digest="${digest#Auto} Data"
	# The only InitialR2T that istgt knows is Yes.
	ISTGT_GLOBAL="  InitialR2T Yes
  ImmediateData $(option immediate_data Yes)
  FirstBurstLength $(option first_burst 262144)
  MaxBurstLength $(option max_burst 1048576)
  MaxOutstandingR2T $(option max_r2t 16)
  MaxRecvDataSegmentLength $(option max_recv 262144)
  MaxConnections $(option max_connections 4)"
	ISTGT_UNITS+="
[LogicalUnit$n]
  TargetName $1
  TargetAlias \"t$n\"
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod $auth
  AuthGroup $group
  UseDigest $digest
  UnitType Disk
  QueueDepth 32
  BlockLength @block$n@
"
}

# LUNs follow their target's section; only the target made last can still get one.
istgt_lun() {
	ISTGT_UNITS=${ISTGT_UNITS/@block$ISTGT_COUNT@/$(option block 512)}
	ISTGT_UNITS+="  LUN$2 Storage $LUN_FILE $(($(stat -c %s "$LUN_FILE") >> 20))MB
"
}

istgt_up() {
	local portal n=0 portals=''

	# It cannot bind both wildcards, and would report mapped addresses for the IPv6 one.
	[ "$*" != '0.0.0.0:3260 [::]:3260' ] || set -- 127.0.0.1:3260 '[::1]:3260'
	for portal in "$@"; do
		n=$((n + 1))
		portals+="  Portal DA$n $portal
"
	done
	[ -e "$ISTGT_DIR/auth.conf" ] || : >"$ISTGT_DIR/auth.conf"
	chmod 600 "$ISTGT_DIR/auth.conf"
	cat >"$ISTGT_DIR/istgt.conf" <<END
[Global]
  Comment "kiscsi test"
  NodeBase "$IQN"
  PidFile $ISTGT_DIR/istgt.pid
  AuthFile $ISTGT_DIR/auth.conf
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  DiscoveryAuthMethod Auto
  MaxSessions 16
  MaxR2T 32
  DefaultTime2Wait 2
  DefaultTime2Retain 60
$ISTGT_GLOBAL
[UnitControl]
  AuthMethod None
  Portal UC1 127.0.0.1:3261
  Netmask 127.0.0.1
[PortalGroup1]
$portals
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask ALL
$ISTGT_UNITS
END
	istgt_restart
}

istgt_crash() { kill_and_wait KILL istgt; }

istgt_restart() {
	setsid istgt -D -c "$ISTGT_DIR/istgt.conf" >"$ISTGT_DIR/log" 2>&1 &
	disown $!
	wait_for 20 answers 127.0.0.1 3260 || { cat "$ISTGT_DIR/log" >&2; return 1; }
}

istgt_stop() {
	ISTGT_COUNT=0
	ISTGT_UNITS=
	istgt_crash
	rm -rf "$ISTGT_DIR"
}

# ---- the target out of reach ----------------------------------------------------------------------

AWAY=

# target_away: who talks to the target gets a reset, until target_back. The target itself runs on.
target_away() {
	nft -f - <<-END
		table inet away {
			chain output {
				type filter hook output priority 0;
				tcp dport 3260 reject with tcp reset
			}
		}
	END
	AWAY=yes
}

target_back() {
	AWAY=
	nft delete table inet away
}

# ---- our own target that misbehaves on purpose --------------------------------------------------

HOSTILE_PIDS=''

# hostile PROGRAM [ARGUMENT...]: start one of tests/target in the background, its words in $HOSTILE_LOG.
hostile() {
	local program=$KISCSI/target/$1

	shift
	[ -x "$program" ] || { echo "no $program in this VM" >&2; return 1; }
	HOSTILE_LOG=/tmp/hostile.log
	"$program" "$@" >"$HOSTILE_LOG" 2>&1 &
	HOSTILE_PIDS+=" $!"
}

hostile_stop() {
	# shellcheck disable=SC2086 # a list
	[ -z "$HOSTILE_PIDS" ] || { kill $HOSTILE_PIDS; wait $HOSTILE_PIDS; } 2>/dev/null
	HOSTILE_PIDS=
}

# ---- open-iscsi, the other initiator ------------------------------------------------------------

iscsid_is_running() { running iscsid >/dev/null; }

iscsid_start() {
	iscsid_is_running && return 0
	mkdir -p /run/lock/iscsi
	modprobe -q iscsi_tcp
	# A session of its own: iscsid signals its whole process group when it ends.
	setsid iscsid -f >/tmp/iscsid.log 2>&1 &
	disown $!
	wait_for 10 iscsid_answers
}

iscsid_answers() {
	iscsiadm -m session
	[ $? -le 21 ] && ss -xl | grep -q ISCSIADM
}

# targets_stay_on: no runtime power management for them. It would begin to look at a target when the disk of it goes, and
# when the target then goes too, on open-iscsi's workqueue for memory reclaim, Linux 6.12 warns that this waits for a
# workqueue that is none.
targets_stay_on() {
	local control

	for control in /sys/class/iscsi_session/session*/device/target*/power/control; do
		[ ! -e "$control" ] || echo on >"$control"
	done
}

# iscsid_logout ARGUMENT...: a logout with these arguments of "iscsiadm -m node".
iscsid_logout() {
	targets_stay_on
	iscsiadm -m node "$@"
}

iscsid_stop() {
	iscsid_is_running || return 0
	kill_and_wait KILL iscsid
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
}

# ---- networks that behave badly -----------------------------------------------------------------

# black_hole: packets to 192.0.2.1 leave on an interface and are never answered, not even with an error.
black_hole() {
	modprobe -q veth
	ip netns add hole && ip link add hole0 type veth peer name hole1 netns hole &&
		ip address add 192.0.2.2/24 dev hole0 && ip link set hole0 up &&
		ip -n hole link set hole1 up &&
		ip neighbour replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev hole0 nud permanent
}

# freeze PORT: no packet of that port passes, in either direction, until thaw. Nobody is told.
freeze() {
	touch /tmp/frozen
	nft -f - <<-END
		table inet freeze {
			chain in { type filter hook input priority 0; tcp dport $1 drop; tcp sport $1 drop; }
		}
	END
}

thaw() {
	rm -f /tmp/frozen
	nft delete table inet freeze
}

# storage_in NAME: a namespace to log in from, with 198.51.100.2, and one beyond it, "store-NAME", where our own
# target answers as $IQN:NAME at 198.51.100.1: the same addresses whatever the name is.
storage_in() {
	modprobe -q veth
	ip netns add "$1" && ip netns add "store-$1" &&
		ip -n "$1" link add in0 type veth peer name out0 netns "store-$1" &&
		ip -n "$1" address add 198.51.100.2/24 dev in0 && ip -n "$1" link set in0 up &&
		ip -n "store-$1" address add 198.51.100.1/24 dev out0 && ip -n "store-$1" link set out0 up || return
	ip netns exec "store-$1" "$KISCSI/target/kiscsi-target" --listen 198.51.100.1:3260 --target "$IQN:$1" \
		>"/tmp/storage-$1.log" 2>&1 &
	HOSTILE_PIDS+=" $!"
	wait_for 10 grep -q listening "/tmp/storage-$1.log"
}

networks_stop() {
	local name

	[ -z "$AWAY" ] || target_back
	[ ! -e /tmp/frozen ] || thaw
	for name in /run/netns/*; do
		[ ! -e "$name" ] || ip netns delete "${name##*/}"
	done
	for name in hole0 out0 out1; do
		[ ! -d /sys/class/net/$name ] || ip link delete $name
	done
	return 0
}
