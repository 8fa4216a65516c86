#!/bin/bash
# A real Slurm of its own on loopback: munged, slurmctld and two slurmd, started and stopped by whoever calls it, root
# or not. Nothing in /etc is read or written. DIR holds all of it, and is at most 60 characters long (sockets lie in it).
#
# usage: slurm_cluster.sh start|stop DIR      afterwards: . DIR/env.sh
#        slurm_cluster.sh slurmd DIR NODE     starts that node's daemon again
set -u
action=$1
dir=$2
plugins=/usr/lib/$(uname -m)-linux-gnu/slurm-wlm

fail() {
    echo "slurm_cluster: $*" >&2
    exit 1
}

# A recorded process is only signalled while its command line names DIR.
is_ours() {
    [ -n "${1:-}" ] && grep -qs "^State:.[RSD]" "/proc/$1/status" && tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF "$dir/"
}

pid_of() {
    cat "$dir/run/$1.pid" 2>/dev/null
}

until_true() { # until_true SECONDS COMMAND...
    local n=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        sleep 0.1
    done
}

daemon() { # daemon NAME COMMAND...
    local name=$1
    shift
    setsid "$@" </dev/null >>"$dir/log/$name.out" 2>&1 &
    echo $! >"$dir/run/$name.pid"
}

start_slurmd() {
    daemon "slurmd-$1" /usr/sbin/slurmd-wlm -D -N "$1" -f "$SLURM_CONF"
}

configure() {
    local host user ports
    host=$(hostname -s)
    user=$(id -un)
    read -ra ports < <(python3 -c '
import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))')
    : >"$dir/etc/plugstack.conf"
    : >"$dir/etc/cgroup.conf"
    (umask 077 && head -c 128 /dev/urandom >"$dir/etc/munge.key")
    cat >"$dir/etc/slurm.conf" <<END
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
# A requeued job waits for as long as its credential lives: 5 s here, 2 minutes elsewhere.
AuthInfo=socket=$dir/run/munge.sock,cred_expire=5
PluginDir=$plugins
PlugStackConfig=$dir/etc/plugstack.conf
MailProg=/bin/true
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.own.pid
SlurmdPidFile=$dir/run/slurmd-%n.own.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
JobRequeue=1
ReturnToService=2
KillWait=5
MinJobAge=300
InactiveLimit=0
SlurmctldTimeout=30
SlurmdTimeout=60
${SLURM_EXTRA:-MaxArraySize=1001}
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=2 RealMemory=1000 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE DefaultTime=10 State=UP
END
    echo "export SLURM_CONF=$dir/etc/slurm.conf" >"$dir/env.sh"
}

nodes_are_idle() {
    [ "$(sinfo -h -N -p main -o %T | grep -cx idle)" = 2 ]
}

ctld_answers() {
    scontrol ping | grep -q 'is UP'
}

start() {
    [ ${#dir} -le 60 ] || fail "more than 60 characters: $dir"
    mkdir -p "$dir"/{etc,run,state,spool/n1,spool/n2,log}
    configure
    # shellcheck source=/dev/null
    . "$dir/env.sh"
    daemon munged /usr/sbin/munged --foreground --key-file="$dir/etc/munge.key" --socket="$dir/run/munge.sock" \
        --pid-file="$dir/run/munged.own.pid" --seed-file="$dir/state/munge.seed" --log-file="$dir/log/munged.log" \
        --num-threads=2
    until_true 20 munge --socket="$dir/run/munge.sock" -n || fail "munged is not up: $(tail -n 3 "$dir/log/munged.out")"
    daemon slurmctld /usr/sbin/slurmctld-wlm -D -f "$SLURM_CONF"
    until_true 30 ctld_answers || fail "slurmctld is not up: $(tail -n 5 "$dir/log/slurmctld.out")"
    start_slurmd n1
    start_slurmd n2
    until_true 30 nodes_are_idle || fail "the nodes are not idle: $(sinfo -h -N -o '%N %T %E'; tail -n 3 "$dir"/log/slurmd-*.out)"
}

# slurmstepd outlives slurmd; it is ours if it holds a file of DIR open.
stepds() {
    local pid fd
    for pid in $(pgrep slurmstepd); do
        for fd in "/proc/$pid"/fd/*; do
            case $(readlink "$fd" 2>/dev/null) in "$dir"/*) echo "$pid" && break ;; esac
        done
    done
}

no_stepds() {
    [ -z "$(stepds)" ]
}

end() { # end NAME SIGNAL: waits for it, and kills it if it does not hear
    local pid
    pid=$(pid_of "$1")
    is_ours "$pid" || return 0
    kill "-$2" "$pid"
    for _ in $(seq 100); do
        is_ours "$pid" || return 0
        sleep 0.1
    done
    kill -KILL "$pid"
}

stop() {
    local pid
    [ -f "$dir/env.sh" ] || return 0
    # shellcheck source=/dev/null
    . "$dir/env.sh"
    timeout 20 scontrol update PartitionName=main State=DOWN >/dev/null 2>&1
    timeout 20 squeue -h -o %A 2>/dev/null | sort -u | xargs -r timeout 20 scancel 2>/dev/null
    until_true 15 no_stepds
    end slurmctld TERM
    end slurmd-n1 TERM
    end slurmd-n2 TERM
    for pid in $(stepds); do
        pgrep -P "$pid" | while read -r child; do
            kill -KILL -- "-$child" 2>/dev/null || kill -KILL "$child" 2>/dev/null
        done
        kill -KILL "$pid" 2>/dev/null
    done
    end munged TERM
}

case $action in
start)
    start || exit
    ;;
stop) stop ;;
slurmd)
    # shellcheck source=/dev/null
    . "$dir/env.sh"
    start_slurmd "$3"
    ;;
*) fail "there is no '$action'" ;;
esac
