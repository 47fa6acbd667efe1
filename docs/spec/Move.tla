-------------------------------- MODULE Move --------------------------------
(***************************************************************************)
(* Who may run a VM while it moves: votes, epochs, the compare-and-set,    *)
(* abort, vote back, and QEMU's own resume.  The states of the monitor are *)
(* those of protocol/Move.java; the phases that only carry data are left   *)
(* out.  README.md explains the model.                                     *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets

CONSTANTS Hosts,      \* two of them
          First,      \* the host that is active when the model begins
          MaxMoves,   \* how many moves are made, one after the other
          MaxFaults   \* how many crashes, lost answers and stops of QEMU's own may happen

VARIABLES
    record,    \* the monitor's record of the VM: [host, epoch]
    writes,    \* compare-and-sets on their way to the record; one may land at any time
    plan,      \* the move: [source, target, epoch]
    moves,     \* how many were begun
    monitor,   \* where the leading monitor's engine stands
    journal,   \* what the next leader will find
    deposed,   \* a deposed leader still counts votes
    messages,  \* all that monitors ever sent: one may arrive late, or again
    qemu,      \* of each host: what its QEMU does
    drive,     \* of each host: its part in the pause
    past,      \* of each host: messages of this epoch and older are refused
    voted,     \* of each host, journaled: the epoch in which it voted for the commit
    cont,      \* of each host, journaled: the epoch for which it intends to send cont
    ran,       \* of each host: the last epoch as a target in which its QEMU ran the guest
    gaveBack,  \* of each host, journaled: the epoch that it gave back without having run
    faults     \* how many happened

vars == <<record, writes, plan, moves, monitor, journal, deposed, messages,
          qemu, drive, past, voted, cont, ran, gaveBack, faults>>

cluster == <<record, writes, plan, moves, monitor, journal, deposed, messages>>
agents  == <<drive, past, voted, cont, ran, gaveBack>>

S == plan.source
T == plan.target

Before    == [host |-> S, epoch |-> plan.epoch]
Committed == [host |-> T, epoch |-> plan.epoch + 1]
Aborted   == [host |-> S, epoch |-> plan.epoch + 1]
GivenBack == [host |-> S, epoch |-> plan.epoch + 2]

Commit   == [from |-> Before,    to |-> Committed]
Abort    == [from |-> Before,    to |-> Aborted]
VoteBack == [from |-> Committed, to |-> GivenBack]

BothVoted == voted[S] = plan.epoch /\ voted[T] = plan.epoch
MayCommit == BothVoted

Epochs == 1 .. 2 * MaxMoves + 1

Message(kind, to, epoch) == [kind |-> kind, to |-> to, epoch |-> epoch]
Send(m) == messages' = messages \union {m}

Fault == faults < MaxFaults /\ faults' = faults + 1
NoFault == UNCHANGED faults

Init ==
    /\ record = [host |-> First, epoch |-> 1]
    /\ writes = {}
    /\ plan \in {[source |-> First, target |-> t, epoch |-> 1] : t \in Hosts \ {First}}
    /\ moves = 1
    /\ monitor = "early"
    /\ journal = "early"
    /\ deposed = FALSE
    /\ messages = {}
    /\ qemu = [h \in Hosts |-> IF h = First THEN "running" ELSE "none"]
    /\ drive = [h \in Hosts |-> "idle"]
    /\ past = [h \in Hosts |-> 0]
    /\ voted = [h \in Hosts |-> 0]
    /\ cont = [h \in Hosts |-> 0]
    /\ ran = [h \in Hosts |-> 0]
    /\ gaveBack = [h \in Hosts |-> 0]
    /\ faults = 0

-----------------------------------------------------------------------------
(* The monitor's engine: Move.step.                                        *)

\* INSTANTIATE .. PRECOPY in one: the target's QEMU waits for the memory.
Instantiate ==
    /\ monitor = "early" /\ qemu[T] = "none"
    /\ qemu' = [qemu EXCEPT ![T] = "incoming"]
    /\ past' = [past EXCEPT ![T] = plan.epoch]
    /\ NoFault /\ UNCHANGED <<cluster, drive, voted, cont, ran, gaveBack>>

HandOver ==
    /\ monitor = "early" /\ qemu[T] = "incoming"
    /\ monitor' = "handedOver" /\ journal' = "handedOver"
    /\ Send(Message("handOver", S, plan.epoch))
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, deposed, qemu, agents>>

BeginCommit ==
    /\ monitor = "handedOver" /\ MayCommit
    /\ monitor' = "committing" /\ writes' = writes \union {Commit}
    /\ NoFault /\ UNCHANGED <<record, plan, moves, journal, deposed, messages, qemu, agents>>

\* A cancel may come at any time before the commit is sent; some failures must lead here.
BeginAbort ==
    /\ monitor \in {"early", "handedOver"}
    /\ monitor' = "aborting" /\ writes' = writes \union {Abort}
    /\ NoFault /\ UNCHANGED <<record, plan, moves, journal, deposed, messages, qemu, agents>>

PauseFailed == drive[S] = "gaveUp" \/ qemu[S] \in {"held", "dead"} \/ qemu[T] = "dead"

\* The compare-and-set that the engine waits for, and the states that its outcome leads to.
Awaited ==
    CASE monitor = "committing" -> {Commit}
      [] monitor = "aborting"   -> {Abort}
      [] monitor = "votingBack" -> {VoteBack}
      [] OTHER                  -> {}

LeadsTo(now) ==
    CASE now = Committed -> "resuming"
      [] now = Aborted   -> "rollingBack"
      [] now = GivenBack -> "rollingBack"
      [] OTHER           -> "ended"  \* superseded

\* A write reaches the record.  What winning leads to is journaled in the same transaction.
Land(w) ==
    /\ w \in writes
    /\ writes' = writes \ {w}
    /\ IF record = w.from
       THEN record' = w.to /\ journal' = LeadsTo(w.to)
       ELSE UNCHANGED <<record, journal>>

LandAndAnswer(w) ==
    /\ Land(w)
    /\ monitor' = IF w \in Awaited THEN LeadsTo(record') ELSE monitor
    /\ NoFault /\ UNCHANGED <<plan, moves, deposed, messages, qemu, agents>>

LandAnswerLost(w) ==
    /\ Land(w) /\ w \in Awaited
    /\ Fault /\ UNCHANGED <<plan, moves, monitor, deposed, messages, qemu, agents>>

SendAgain ==
    /\ Awaited # {} /\ ~(Awaited \subseteq writes)
    /\ writes' = writes \union Awaited
    /\ NoFault
    /\ UNCHANGED <<record, plan, moves, monitor, journal, deposed, messages, qemu, agents>>

AskResume ==
    /\ monitor = "resuming"
    /\ Send(Message("resume", T, plan.epoch + 1))
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, monitor, journal, deposed, qemu, agents>>

\* The target reports that the guest runs; the record notes that the source may be released.
Resumed ==
    /\ monitor = "resuming" /\ ran[T] = plan.epoch + 1 /\ qemu[T] = "running"
    /\ monitor' = "releasing" /\ journal' = "releasing"
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, deposed, messages, qemu, agents>>

BeginVoteBack ==
    /\ monitor = "resuming" /\ gaveBack[T] = plan.epoch + 1
    /\ monitor' = "votingBack" /\ writes' = writes \union {VoteBack}
    /\ NoFault /\ UNCHANGED <<record, plan, moves, journal, deposed, messages, qemu, agents>>

AskRelease ==
    /\ monitor = "releasing"
    /\ Send(Message("release", S, plan.epoch))
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, monitor, journal, deposed, qemu, agents>>

AskRollBack ==
    /\ monitor = "rollingBack"
    /\ messages' = messages \union {Message("rollBack", S, record.epoch),
                                    Message("discard", T, plan.epoch)}
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, monitor, journal, deposed, qemu, agents>>

End ==
    /\ \/ monitor = "releasing" /\ qemu[S] = "none"
       \/ monitor = "rollingBack" /\ qemu[S] = "running" /\ qemu[T] = "none"
    /\ monitor' = "ended" /\ journal' = "ended" /\ deposed' = FALSE
    /\ NoFault /\ UNCHANGED <<record, writes, plan, moves, messages, qemu, agents>>

\* The next move, from wherever the VM is now.  Writes and messages of the last one are still about.
NextMove ==
    /\ monitor = "ended" /\ moves < MaxMoves
    /\ moves' = moves + 1
    /\ plan' \in {[source |-> record.host, target |-> t, epoch |-> record.epoch] :
                      t \in Hosts \ {record.host}}
    /\ monitor' = "early" /\ journal' = "early"
    /\ drive' = [h \in Hosts |-> "idle"]
    /\ NoFault
    /\ UNCHANGED <<record, writes, deposed, messages, qemu, past, voted, cont, ran, gaveBack>>

\* Another monitor leads.  It knows the journal only, and the last one may not know of it.
LeaderChanges ==
    /\ monitor \notin {"ended"}
    /\ deposed' = (deposed \/ monitor = "handedOver")
    /\ IF journal \in {"early", "handedOver"}
       THEN monitor' = "aborting" /\ writes' = writes \union {Abort}
       ELSE monitor' = journal /\ UNCHANGED writes
    /\ Fault /\ UNCHANGED <<record, plan, moves, journal, messages, qemu, agents>>

DeposedCommits ==
    /\ deposed /\ MayCommit
    /\ deposed' = FALSE /\ writes' = writes \union {Commit}
    /\ NoFault /\ UNCHANGED <<record, plan, moves, monitor, journal, messages, qemu, agents>>

-----------------------------------------------------------------------------
(* The source's agent and its QEMU.                                        *)

BeginPause(h) ==
    /\ \E m \in messages : /\ m.kind = "handOver" /\ m.to = h /\ m.epoch > past[h]
                           /\ past' = [past EXCEPT ![h] = m.epoch]
    /\ qemu[h] = "running"
    /\ drive' = [drive EXCEPT ![h] = "pausing"]
    /\ NoFault /\ UNCHANGED <<cluster, qemu, voted, cont, ran, gaveBack>>

AgentStops(h) ==
    /\ drive[h] = "pausing" /\ qemu[h] = "running"
    /\ qemu' = [qemu EXCEPT ![h] = "stopped"]
    /\ NoFault /\ UNCHANGED <<cluster, agents>>

\* QEMU reaches its last stage before the agent stopped the guest, and stops it by itself ...
QemuStops ==
    /\ monitor # "ended" /\ qemu[S] = "running"
    /\ qemu' = [qemu EXCEPT ![S] = "held"]
    /\ Fault /\ UNCHANGED <<cluster, agents>>

\* ... and lets it run again by itself, when the migration fails or is cancelled.  It never does so
\* with a guest that the agent stopped.
QemuResumes(h) ==
    /\ qemu[h] = "held"
    /\ qemu' = [qemu EXCEPT ![h] = "running"]
    /\ NoFault /\ UNCHANGED <<cluster, agents>>

VotesWhen == {"stopped"}

\* For the epoch that the agent was handed, whatever the monitor has in mind by now.
SourceVotes ==
    /\ drive[S] = "pausing" /\ qemu[S] \in VotesWhen /\ qemu[T] = "loaded"
    /\ voted' = [voted EXCEPT ![S] = past[S]]
    /\ drive' = [drive EXCEPT ![S] = "voted"]
    /\ NoFault /\ UNCHANGED <<cluster, qemu, past, cont, ran, gaveBack>>

\* The agent was restarted, or failed: it votes no more, and leaves the guest as it is.
SourceGivesUp(h) ==
    /\ drive[h] = "pausing"
    /\ drive' = [drive EXCEPT ![h] = "gaveUp"]
    /\ Fault /\ UNCHANGED <<cluster, qemu, past, voted, cont, ran, gaveBack>>

\* Sent only after a won compare-and-set.  A QEMU that died is booted anew from its disk.
SourceRollsBack(h) ==
    /\ \E m \in messages : /\ m.kind = "rollBack" /\ m.to = h /\ m.epoch > past[h]
                           /\ past' = [past EXCEPT ![h] = m.epoch - 1]
    /\ qemu[h] \in {"running", "stopped", "held", "dead"}
    /\ qemu' = [qemu EXCEPT ![h] = "running"]
    /\ drive' = [drive EXCEPT ![h] = "idle"]
    /\ NoFault /\ UNCHANGED <<cluster, voted, cont, ran, gaveBack>>

SourceReleases(h) ==
    /\ \E m \in messages : m.kind = "release" /\ m.to = h /\ m.epoch >= past[h]
    /\ qemu[h] \in {"stopped", "dead"}
    /\ qemu' = [qemu EXCEPT ![h] = "none"]
    /\ NoFault /\ UNCHANGED <<cluster, agents>>

-----------------------------------------------------------------------------
(* The target's agent and its QEMU, which was started with -S.             *)

Load ==
    /\ qemu[T] = "incoming" /\ qemu[S] \in {"stopped", "held"} /\ monitor # "ended"
    /\ qemu' = [qemu EXCEPT ![T] = "loaded"]
    /\ NoFault /\ UNCHANGED <<cluster, agents>>

TargetVotes ==
    /\ qemu[T] = "loaded" /\ voted[T] # past[T]
    /\ voted' = [voted EXCEPT ![T] = past[T]]
    /\ NoFault /\ UNCHANGED <<cluster, qemu, drive, past, cont, ran, gaveBack>>

\* The right to run in epoch e as a target.
MayRun(h, e) ==
    /\ Message("resume", h, e) \in messages
    /\ e > past[h]

\* The intent is journaled before cont is sent.
IntendCont(h) == \E e \in Epochs :
    /\ MayRun(h, e) /\ qemu[h] = "loaded" /\ cont[h] # e
    /\ cont' = [cont EXCEPT ![h] = e]
    /\ NoFault /\ UNCHANGED <<cluster, qemu, drive, past, voted, ran, gaveBack>>

\* The QEMU runs; or, when it died after cont was sent, one is booted anew from the disk.
Cont(h) == \E e \in Epochs :
    /\ MayRun(h, e) /\ qemu[h] \in {"loaded", "dead"} /\ cont[h] = e
    /\ qemu' = [qemu EXCEPT ![h] = "running"]
    /\ ran' = [ran EXCEPT ![h] = e]
    /\ NoFault /\ UNCHANGED <<cluster, drive, past, voted, cont, gaveBack>>

NeverRan(h, e) == cont[h] # e

\* Its QEMU is dead, and the journal shows that no cont was sent.
GiveBack(h) == \E e \in Epochs :
    /\ MayRun(h, e) /\ qemu[h] = "dead" /\ NeverRan(h, e)
    /\ gaveBack' = [gaveBack EXCEPT ![h] = e]
    /\ NoFault /\ UNCHANGED <<cluster, qemu, drive, past, voted, cont, ran>>

TargetDiscards(h) ==
    /\ \E m \in messages : m.kind = "discard" /\ m.to = h /\ m.epoch >= past[h]
    /\ qemu[h] \in {"incoming", "loaded", "dead"}
    /\ qemu' = [qemu EXCEPT ![h] = "none"]
    /\ NoFault /\ UNCHANGED <<cluster, agents>>

\* A QEMU dies, by itself or by a kill.  After the move has ended that is another story.
QemuDies(h) ==
    /\ monitor \notin {"releasing", "ended"} /\ qemu[h] \notin {"none", "dead"}
    /\ qemu' = [qemu EXCEPT ![h] = "dead"]
    /\ Fault /\ UNCHANGED <<cluster, agents>>

-----------------------------------------------------------------------------

\* What goes on when nothing goes wrong any more.
Progress ==
    \/ Instantiate \/ HandOver \/ BeginCommit \/ (PauseFailed /\ BeginAbort)
    \/ SendAgain \/ AskResume \/ Resumed \/ BeginVoteBack \/ AskRelease \/ AskRollBack \/ End
    \/ \E w \in writes : LandAndAnswer(w)
    \/ SourceVotes \/ Load \/ TargetVotes
    \/ \E h \in Hosts : \/ BeginPause(h) \/ AgentStops(h) \/ SourceRollsBack(h) \/ SourceReleases(h)
                        \/ IntendCont(h) \/ Cont(h) \/ GiveBack(h) \/ TargetDiscards(h)

Whim ==
    \/ BeginAbort \/ NextMove \/ DeposedCommits \/ LeaderChanges \/ QemuStops
    \/ \E w \in writes : LandAnswerLost(w)
    \/ \E h \in Hosts : SourceGivesUp(h) \/ QemuResumes(h) \/ QemuDies(h)

Next == Progress \/ Whim

Spec == Init /\ [][Next]_vars /\ WF_vars(Progress)

-----------------------------------------------------------------------------
Running == {h \in Hosts : qemu[h] = "running"}

TypeOK ==
    /\ record \in [host : Hosts, epoch : Nat \ {0}]
    /\ plan \in [source : Hosts, target : Hosts, epoch : Nat \ {0}]
    /\ monitor \in {"early", "handedOver", "committing", "aborting", "resuming", "votingBack",
                    "rollingBack", "releasing", "ended"}
    /\ qemu \in [Hosts -> {"none", "running", "stopped", "held", "incoming", "loaded", "dead"}]
    /\ drive \in [Hosts -> {"idle", "pausing", "voted", "gaveUp"}]

AtMostOneRuns == Cardinality(Running) <= 1

\* Stronger: whoever runs is the one whom the record names.
OnlyTheActiveHostRuns == \A h \in Running : record.host = h

CommitOnlyOnTwoVotes == record = Committed => BothVoted

\* A vote for an epoch that is still open keeps the guest stopped.
VoterIsFenced == record = Before /\ voted[S] = plan.epoch => qemu[S] \in {"stopped", "dead"}

\* The source is whole until the target has run the guest.
SourceUntouchedUntilResumed == qemu[S] = "none" => record = Committed /\ ran[T] = record.epoch

\* Only an epoch in which the guest never ran is given back.
NothingRunIsGivenBack == \A h \in Hosts : gaveBack[h] # 0 => ran[h] # gaveBack[h]

EpochsRise == [][record' # record => record'.epoch = record.epoch + 1]_record

\* Once faults end, exactly one host runs the guest.
EventuallyOneRuns == <>[](Cardinality(Running) = 1)
=============================================================================
