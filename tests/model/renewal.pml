/* An honest chip that can reach its authority never lapses: the renewal of licences between the
 * governor (src/daymark/governor/governor_licences.cc), its agent (src/daymark/agent/agent.cc,
 * Agent::renew) and the authority (RenewalDesk, BatchDesk) with its log, as PROTOCOL §3.1 and §4.
 *
 * Time passes in ticks: in each one the agent makes its cycle and the authority logs a batch, in
 * any order, cut up anywhere. `adversity` counts what goes wrong since the last accepted licence:
 * a message lost, a crash of agent, chip or authority, an order logged at the worst moment. Its
 * bound says what "can reach" means; replays are free and unbounded.
 *
 * Requests are told apart by what the chip makes of them: the one that it holds, or an earlier one.
 */

#ifndef VALIDITY
#define VALIDITY 9 /* ticks of a licence */
#endif
#ifndef RENEWAL
#define RENEWAL 3 /* ticks from an accepted licence to the next request */
#endif
#ifndef GRACE
#define GRACE 1
#endif
#ifndef ADVERSITY
#define ADVERSITY 4
#endif

mtype = { none, earlier, held };

/* The chip: in flash, so that a loss of power brings the old state or the new one. */
byte left = VALIDITY; /* of the licence that stands */
byte grace = GRACE;
bool behind = false; /* an order is logged that it has not applied */
bool lapsed = false;
bool accepted = false; /* toggles when a licence is accepted */

/* The agent: in memory. */
mtype hand = none; /* the request that it waits for */
byte waited = RENEWAL;

/* The authority: durable before it is acknowledged. */
mtype asked = none; /* the newest request on record */
mtype leaf = none;  /* the request that the newest logged leaf answers */
byte leaf_left = 0; /* of the licence in it */
bool leaf_ahead = false; /* it names a stream position that the chip has not reached */

byte adversity = 0;
bool agent_done = false;
bool batch_done = false;

#define may_fail (adversity < ADVERSITY)

inline older(place) {
  if
  :: place == held -> place = earlier
  :: else
  fi
}

/* Every step of the agent may be its last before a restart, which asks anew at once. */
inline restart() {
  adversity++;
  hand = none;
  waited = RENEWAL
}

/* Governor::on_renew: a new request takes the place of the one that was held. */
inline request() {
  older(asked); older(leaf); older(hand)
}

/* Governor::on_accept_leaf, with a leaf of the log; `taken` says what came of it. */
inline offer(taken) {
  d_step {
#ifdef FAULT_ANY_LEAF
    taken = (leaf != none && !leaf_ahead && leaf_left > 0);
#else
    taken = (leaf == held && !leaf_ahead && leaf_left > 0);
#endif
    if
    :: taken ->
       assert(leaf == held);
       left = leaf_left;
       grace = GRACE;
       adversity = 0;
       accepted = !accepted;
       older(asked); older(leaf); older(hand)
    :: else
    fi
  }
}

/* The agent's cycle, Agent::cycle: orders, then the leaf that is awaited, then a request. */
active proctype agent() {
  bool taken;
  do
  :: !agent_done ->
     if
     :: d_step { behind = false; leaf_ahead = false }
     :: may_fail -> adversity++ /* the feed is not reached */
     fi;
     if
     :: hand != none && leaf == hand ->
        if
        :: may_fail -> adversity++ /* the leaf is lost on its way */
        :: may_fail -> restart()
        :: offer(taken);
           if
           :: taken -> hand = none; waited = 0
           :: !taken && hand == held
#ifdef FAULT_WAIT_AFTER_REFUSAL
              -> hand = none; waited = 0
#endif
              /* else: the orders come with the next cycle, and this leaf or a newer one again */
           :: !taken && hand != held -> hand = none /* asks anew with the next cycle */
           fi
        :: may_fail -> /* taken and saved, and the answer is lost */
           offer(taken);
           restart()
        fi
     :: hand != none && leaf != hand ->
#ifndef FAULT_POSTED_ONCE
        if
        :: may_fail -> adversity++
        :: asked = (hand == held -> held : asked)
        fi
#else
        skip
#endif
     :: hand == none
     fi;
     if
     :: hand == none && waited >= RENEWAL ->
        d_step { request(); hand = held };
        if
        :: may_fail -> restart() /* the request is saved in the chip alone */
        :: may_fail -> adversity++ /* it does not reach the authority */
        :: asked = held
        fi
     :: else
     fi;
     agent_done = true
  od
}

/* A batch: one leaf for each chip, answering the newest request on record (PROTOCOL §4.1). */
active proctype authority() {
  do
  :: !batch_done ->
     if
     :: d_step {
          leaf = asked;
          leaf_left = (asked == none -> 0 : VALIDITY);
          leaf_ahead = behind
        }
     :: may_fail -> adversity++ /* it is down; a crash after the log took the batch is the case above */
     fi;
     batch_done = true
  od
}

/* The law goes on: an order is logged when it suits the chip least. */
active proctype law() {
  do
  :: atomic { may_fail && !behind -> adversity++; behind = true }
  od
}

/* Whoever holds the channels repeats what was said before, as often as they like. */
active proctype adversary() {
  bool taken;
  do
#ifdef FAULT_EARLIER_REQUEST
  :: atomic { asked == held -> asked = earlier } /* counters are not compared */
#endif
  :: atomic { leaf == earlier -> offer(taken) }
  od
}

active proctype clock() {
  do
  :: atomic {
       agent_done && batch_done ->
       agent_done = false;
       batch_done = false;
       leaf_left = (leaf_left > 0 -> leaf_left - 1 : 0);
       waited = (waited < RENEWAL -> waited + 1 : waited);
       if
       :: left > 0 -> left--
       :: left == 0 && grace > 0 -> grace--
       :: left == 0 && grace == 0 -> lapsed = true
       fi
     }
  od
}

ltl never_lapses { [] !lapsed }
ltl renews { ([] <> accepted) && ([] <> !accepted) }
