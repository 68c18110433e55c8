"""Every guard that is broken on purpose. A guard that is built gets a row here with its test."""

from __future__ import annotations

from tests.mutation.guard import Guard

__all__ = ["GUARDS"]

S = "tests/server/test_session.py"
HOSTILE = "tests/server/test_hostile.py"
SYNCING = "tests/server/test_syncing.py"
LIMITS = "tests/server/test_limits.py"
ABUSE = "tests/server/abuse"
DEVICES = "tests/server/devices"
OIDC = "tests/server/oidc"
SCOPED = "tests/server/couch/test_scoped.py"
INTAKE = "tests/sync/test_intake.py"
ENDING = "tests/server/test_ending_grants.py"
VERDICTS = "tests/sync/test_verdicts.py"
DECISIONS = "tests/sync/test_decisions.py"
RIGHTS = "tests/sync/test_rights.py"
CASEWORK = "tests/sync/family/test_casework.py"
GUARDING = "tests/sync/family/test_guarding.py"
WATCHES = "tests/sync/family/test_watches.py"
STEPS = "tests/sync/family/test_alarms.py"
ALARMS = "tests/server/alarms"
WATCHING = f"{ALARMS}/test_watching.py"
WAITING = "tests/sync/test_waiting.py"
SHARES = "tests/sync/family/test_shares.py"
AUDIENCE = "tests/sync/test_audience.py"
AUDIT = "tests/sync/test_audit.py"
CONTROL = "tests/server/test_control.py"
LEDGER = "tests/server/erasure/test_ledger.py"
ERASE = "tests/server/erasure/test_erase.py"
DRAFTS = "tests/server/test_drafts.py"
PARTS = "tests/oracle/test_families.py"
FETCHING = "tests/server/concerns/test_fetching.py"
DEADLINES = "tests/server/alarms/test_deadlines.py"

_SIGNING_IN = (
    Guard(
        "sign-in: a wrong password",
        "server/passwords.py",
        "return self._hasher.verify(stored or self._nobody, password)",
        "return True",
        (f"{S}::test_a_wrong_sign_in_is_told_one_way",),
    ),
    Guard(
        "sign-in: an unknown username takes as long",
        "server/accounts.py",
        "self._passwords.verify(",
        "account is not None and await self._passwords.verify(",
        (f"{S}::test_an_unknown_username_is_checked_as_slowly_as_a_known_one",),
    ),
    Guard(
        "sign-in: failures of one username",
        "server/throttle.py",
        "self._pairs.wait_ms(pair)",
        "0",
        (f"{S}::test_after_some_failures_one_waits_and_then_may_try_again",),
    ),
    Guard(
        "sign-in: guesses made at once",
        "server/throttle.py",
        "        self._pairs.draw(pair)\n",
        "",
        (f"{S}::test_guesses_made_all_at_once_are_no_way_round",),
    ),
    Guard(
        "sign-in: failures of one address",
        "server/throttle.py",
        "self._addresses.wait_ms(network(address))",
        "0",
        (f"{S}::test_an_address_that_guesses_usernames_is_stopped_too",),
    ),
    Guard(
        "sign-in: passwords checked at a time",
        "server/passwords.py",
        "if self._room <= 0:",
        "if False:",
        (f"{S}::test_too_many_at_once_are_told_to_come_back",),
    ),
    Guard(
        "provider: an id_token's signature and claims",
        "server/oidc/tokens.py",
        "        known.validate(clock.now_ms() // 1000, LEEWAY_S)\n",
        "        pass\n",
        (f"{OIDC}/test_tokens.py::test_a_token_that_cannot_be_trusted_signs_nobody_in",),
    ),
    Guard(
        "provider: the way back is that of this browser",
        "server/oidc/attempt.py",
        'or not hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace"))',
        "or False",
        (f"{OIDC}/test_signing_in.py::test_a_way_back_that_was_changed_leads_nowhere",),
    ),
    Guard(
        "provider: a way back is good once",
        "server/oidc/attempt.py",
        "or not self._once.is_first(attempt.state, LIFE_S * 1000)",
        "or False",
        (f"{OIDC}/test_signing_in.py::test_a_way_back_is_good_once",),
    ),
)

_SESSIONS = (
    Guard(
        "session: of the person it names",
        "server/sessions.py",
        "session.person != person or ",
        "",
        (f"{S}::test_anothers_secret_under_ones_own_name_is_nobodys",),
    ),
    Guard(
        "session: ends unused",
        "server/sessions.py",
        " or session.expires_ms <= now:",
        ":",
        (f"{S}::test_a_session_that_was_just_looked_at_ends_in_time",),
    ),
    Guard(
        "session: ends some day however much it is used",
        "server/sessions.py",
        "min(now + self._length_ms, session.started_ms + self._limit_ms)",
        "now + self._length_ms",
        (f"{S}::test_a_session_ends_some_day_however_much_it_is_used",),
    ),
    Guard(
        "session: signing out ends it in the store",
        "server/sessions.py",
        "[one for one in kept if one.digest != session.digest]",
        "kept",
        (f"{S}::test_signing_out_ends_the_session_at_once_and_is_always_allowed",),
    ),
    Guard(
        "session: only a digest is kept",
        "server/sessions.py",
        "    return hashlib.sha256(secret.encode()).hexdigest()",
        "    return secret",
        (f"{S}::test_sessions_outlive_the_server_and_only_digests_are_kept",),
    ),
    Guard(
        "session: who has waited is looked at again",
        "server/visitor.py",
        "live and site.sessions.holds(visitor.session)",
        "live",
        ("tests/server/test_syncing.py::test_signed_out_while_waiting_nobody_is_told_the_news",),
    ),
    Guard(
        "session: not for another site's requests",
        "server/visitor.py",
        "HttpOnly; SameSite=Strict{flags}",
        "HttpOnly; SameSite=Lax{flags}",
        (f"{ABUSE}/test_cross_site.py::test_the_cookie_goes_to_no_other_site_and_no_script",),
    ),
    Guard(
        "session: one that ends while entries stream in",
        "server/routes/syncing.py",
        "if not still(site, scoped.visitor):  # a body may be long in coming",
        "if False:",
        (f"{SYNCING}::test_a_session_that_ends_while_entries_stream_in_takes_none_of_them",),
    ),
    Guard(
        "session: nothing under another's name",
        "server/visitor.py",
        "if request.headers.get(ASKER, account.person) != account.person:",
        "if False:",
        (
            (
                "tests/server/test_syncing.py"
                "::test_nothing_is_taken_under_the_name_of_whoever_else_is_signed_in"
            ),
        ),
    ),
)

_CROSS_SITE = (
    Guard(
        "origin: what the browser says of the site",
        "server/origin.py",
        "if site is not None and site.strip().lower() not in OURS:",
        "if False:",
        (f"{ABUSE}/test_cross_site.py::test_no_other_sites_page_changes_anything",),
    ),
    Guard(
        "origin: the page's own host",
        "server/origin.py",
        "bool(named) and named.lower() == host.strip().lower()",
        "True",
        (f"{ABUSE}/test_cross_site.py::test_no_other_sites_page_changes_anything",),
    ),
    Guard(
        "origin: JSON alone",
        "server/bodies.py",
        "if not _JSON.fullmatch(sort.strip()):",
        "if False:",
        (f"{ABUSE}/test_cross_site.py::test_nothing_is_read_from_what_a_form_can_send",),
    ),
)

_SCOPE = (
    Guard(
        "scope: another school",
        "server/visitor.py",
        "        if post is None:\n            raise Refusal(\n",
        "        if post is None and False:\n            raise Refusal(\n",
        ("tests/server/test_scope.py::test_another_school_is_nobodys_business",),
    ),
    Guard(
        "scope: a power that a role has not",
        "server/routes/scope.py",
        "if any(may(role, power) for role in self.access.at(self.now_ms).roles):",
        "if True:",
        ("tests/server/test_access.py::test_only_whom_the_policy_lets_asks",),
    ),
    Guard(
        "scope: one document",
        "server/couch/scoped.py",
        "return not self._feed.channels.isdisjoint(document.channels)",
        "return True",
        (
            f"{SCOPED}::test_what_one_may_not_see_is_answered_as_what_is_not_there",
            "tests/server/test_scope.py::test_every_way_of_asking_tells_exactly_what_is_in_scope",
        ),
    ),
    Guard(
        "scope: the feed",
        "server/couch/scoped.py",
        "since, channels=self._feed.channels, limit=limit, bodies=bodies",
        "since, channels=None, limit=limit, bodies=bodies",
        (f"{SCOPED}::test_every_list_shows_exactly_what_is_in_scope",),
    ),
    Guard(
        "scope: revisions asked about",
        "server/couch/scoped.py",
        "if winner is not None or await self._is_own(id_)",
        "if True",
        (f"{SCOPED}::test_entries_of_ones_own_logs_are_not_asked_for_again",),
    ),
    Guard(
        "scope: local documents are one's own",
        "server/couch/scoped.py",
        'return f"person:{self._person.name}:{id}"',
        'return f"person:{id}"',
        (f"{SCOPED}::test_local_documents_are_each_persons_own",),
    ),
    Guard(
        "scope: what a grant's end elsewhere takes from an open feed",
        "server/routes/school.py",
        "        if found:  # whoever took",
        "        if False:  # whoever took",
        (f"{ENDING}::test_what_comes_after_a_grant_was_ended_goes_out_by_no_open_feed",),
    ),
    Guard(
        "scope: a grant that ends while an answer is read",
        "server/couch/scoped.py",
        "        if since > 0:\n            self._feed",
        "        if since < 0:\n            self._feed",
        (f"{ENDING}::test_who_reads_slowly_gets_no_more_once_a_grant_has_ended",),
    ),
    Guard(
        "scope: kinds of dated channels are part of a token",
        "sync/channels.py",
        "return frozenset(map(_lasting, channels))",
        'return frozenset(one for one in map(_lasting, channels) if one[-1:] != ":")',
        (f"{ENDING}::test_whoever_loses_the_fire_lists_alone_begins_anew",),
    ),
    Guard(
        "grants: one push gives a grant and ends it",
        "sync/judging.py",
        "            self._note(one.entry, item)\n",
        "            pass\n",
        ("tests/sync/test_grants.py::test_one_push_gives_a_grant_and_ends_it",),
    ),
    Guard(
        "scope: a token of other grants",
        "sync/feed.py",
        "token is None or token.grants != self.grants",
        "token is None",
        ("tests/server/test_syncing.py::test_new_grants_are_a_reset",),
    ),
    Guard(
        "scope: nothing but entries is written",
        "server/couch/scoped.py",
        '        if action == "write":\n',
        "        if False:\n",
        (f"{SCOPED}::test_everything_else_is_refused_with_a_sentence",),
    ),
    Guard(
        "scope: receipts are their writer's",
        "sync/intake.py",
        "if state.owner is not None and state.owner != speaker.person:",
        "if False:",
        (f"{INTAKE}::test_nobody_reads_the_receipts_of_anothers_log",),
    ),
)

_FAMILY = (
    Guard(
        "cases: a restricted one tells a school's office nothing",
        "sync/family/shares.py",
        "    if whole.restricted:\n        return []\n    been =",
        "    been =",
        (f"{SHARES}::test_a_restricted_case_leaves_no_trace_and_takes_back_what_was_told",),
    ),
    Guard(
        "cases: a restricted one tells a safeguarding lead nothing",
        "sync/family/shares.py",
        "    if whole.restricted:\n        return []\n    told =",
        "    told =",
        (f"{SHARES}::test_a_restricted_case_leaves_no_trace_and_takes_back_what_was_told",),
    ),
    Guard(
        "cases: an action goes to its own child's school",
        "sync/family/shares.py",
        "if all(said.child is None or said.child in child.members for said in one.values):",
        "if True:",
        (f"{SHARES}::test_an_action_goes_to_the_school_of_its_child_or_to_all",),
    ),
    Guard(
        "cases: what is withdrawn, or another child's, is told no lead",
        "sync/family/shares.py",
        "if any(is_gone(said) or said.child not in child.members for said in one.values):",
        "if False:",
        (f"{SHARES}::test_a_safeguarding_lead_learns_what_was_told_on_purpose",),
    ),
    Guard(
        "cases: closed as long as nobody has said, and where people differ",
        "sync/family/cases.py",
        "return placing is None or placing.restricted",
        "return placing is not None and placing.restricted",
        ("tests/sync/family/test_casefile.py::test_an_addendum_waits_for_its_note_and_is_kept",),
    ),
    Guard(
        "cases: no summary of a restricted one",
        "sync/family/cases.py",
        "if placing is None or placing.restricted:\n        return None",
        "if placing is None:\n        return None",
        ("tests/sync/family/test_cases.py::test_of_a_restricted_case_there_is_no_summary",),
    ),
    Guard(
        "facts: only what was seen is replaced",
        "sync/claims.py",
        "sorted(standing.keys() - replaced)",
        "sorted(standing.keys())[-1:]",
        ("tests/sync/family/test_facts.py::test_a_value_that_nobody_saw_is_never_replaced",),
    ),
    Guard(
        "cases: a case of others",
        "sync/family/casework.py",
        "        if self.reaches(case):\n            return None\n        return Reason(\n",
        "        if True:\n            return None\n        return Reason(\n",
        (f"{CASEWORK}::test_a_case_is_its_openers_and_its_teams",),
    ),
    Guard(
        "cases: a restricted one is not its team's",
        "sync/family/casework.py",
        "if placed is None or placed.restricted:",
        "if placed is None:",
        (f"{CASEWORK}::test_a_restricted_case_is_its_workers_alone",),
    ),
    Guard(
        "cases: as of the time of the act",
        "sync/family/casework.py",
        "self.known.case(case, self.ms)",
        "self.known.case(case)",
        (f"{CASEWORK}::test_what_was_done_before_a_case_was_restricted_stands",),
    ),
    Guard(
        "cases: what follows from an act ends with the role",
        "sync/grants.py",
        "roles = {one.role for one in found if not one.follows}",
        "roles = {one.role for one in found}",
        (f"{CASEWORK}::test_whoever_loses_their_role_loses_the_cases_they_opened",),
    ),
    Guard(
        "cases: only one's own are granted",
        "sync/rights.py",
        " or work.cannot_give(body)",
        "",
        (f"{CASEWORK}::test_a_restricted_case_is_its_workers_alone",),
    ),
    Guard(
        "cases: opened for one's own team",
        "sync/family/casework.py",
        "others = [one for one in teams if one not in self.access.teams]",
        "others: list[str] = []",
        (f"{CASEWORK}::test_a_case_is_opened_for_ones_own_team_and_once",),
    ),
    Guard(
        "cases: the glass is open for some hours",
        "sync/grants.py",
        '"ends": instant(began + GLASS_MS)',
        '"ends": None',
        (f"{CASEWORK}::test_a_restricted_case_is_opened_with_a_reason_for_some_hours",),
    ),
    Guard(
        "cases: a draft is of the case it says itself",
        "sync/family/casework.py",
        "if (body.of, body.case) in self.known.drafts.get(body.draft, ()):",
        "if body.draft in self.known.drafts:",
        (f"{CASEWORK}::test_a_draft_is_of_the_case_that_it_says_itself",),
    ),
    Guard(
        "concerns: whom one concerns is none of its readers",
        "sync/family/concern_readers.py",
        "left = holders(reach) - kept",
        "left = holders(reach)",
        ("tests/sync/family/test_concern_readers.py::test_nobody_whom_it_concerns_ever_reads_it",),
    ),
    Guard(
        "concerns: whom one concerns does not acknowledge it",
        "sync/family/concerns.py",
        "one.held is None and one.body.author not in about.people",
        "one.held is None",
        ("tests/sync/family/test_concerns.py::test_whom_it_concerns_acknowledges_nothing",),
    ),
    Guard(
        "concerns: a PDF is for its readers",
        "server/routes/concerns.py",
        "found.deleted or scoped.channels.isdisjoint(found.channels)",
        "found.deleted",
        (f"{FETCHING}::test_nobody_else_does",),
    ),
    Guard(
        "concerns: a look at one is told to its readers",
        "server/routes/views.py",
        "if one is None or scoped.channels.isdisjoint(one.channels)",
        "if one is None",
        (f"{FETCHING}::test_it_is_noted_and_told_to_whoever_may_see_it_alone",),
    ),
    Guard(
        "concerns: a message is for nobody whom one concerns",
        "server/alarms/concerns.py",
        "kept = concerned(heard).people",
        "kept = frozenset[str]()",
        (f"{DEADLINES}::test_whom_a_concern_concerns_is_told_nothing_of_it",),
    ),
    Guard(
        "concerns: not for whom they concern",
        "sync/family/guarding.py",
        "if body.author in known.about:",
        "if False:",
        (f"{GUARDING}::test_what_is_done_about_a_concern_is_not_for_whom_it_concerns",),
    ),
    Guard(
        "concerns: nobody acknowledges their own",
        "sync/family/guarding.py",
        "if isinstance(body, ConcernAcknowledged) and body.author in known.authors:",
        "if False:",
        (f"{GUARDING}::test_nobody_acknowledges_their_own_concern",),
    ),
    Guard(
        "watches: ended by who is out",
        "sync/family/guarding.py",
        "if known.person == body.author or isinstance(body, HelpCalled):",
        "if True:",
        (f"{GUARDING}::test_a_watch_is_its_workers",),
    ),
    Guard(
        "watches: confirmed by who looks after them",
        "sync/family/guarding.py",
        "        if self._looks_after(known):\n",
        "        if True:\n",
        (f"{GUARDING}::test_somebody_else_confirms_who_looks_after_them",),
    ),
    Guard(
        "alarms: of two ends the earlier",
        "sync/family/watches.py",
        "        expected_ms=min(expected),\n",
        "        expected_ms=max(expected),\n",
        (
            f"{WATCHES}::test_of_two_extensions_that_did_not_know_of_each_other_the_earlier_end_counts",
        ),
    ),
    Guard(
        "alarms: a call is answered by what came after it",
        "sync/family/watches.py",
        "return one.n > other.n if one.log == other.log else one.said_ms > other.said_ms",
        "return True",
        (f"{WATCHES}::test_a_call_for_help_is_answered_only_by_what_was_written_after_it",),
    ),
    Guard(
        "alarms: ended by who is out alone",
        "sync/family/watches.py",
        "return word.body.author == person or not isinstance(word.body, WatchStarted | WatchEnded)",
        "return True",
        (f"{WATCHES}::test_the_worker_ends_it_in_their_own_word_and_nobody_else_does",),
    ),
    Guard(
        "alarms: the next is told at once where nobody is reached",
        "sync/family/alarms.py",
        "if before and before[0].reached is False:",
        "if False:",
        (f"{STEPS}::test_where_nobody_can_be_reached_the_next_step_comes_at_once",),
    ),
    Guard(
        "alarms: a clock that is put back delays nothing",
        "server/alarms/timers.py",
        "return Fired(at_ms) if passed_ms >= left_ms else None",
        "return None",
        (f"{ALARMS}/test_clocks.py::test_a_clock_that_is_set_back_by_an_hour_delays_nothing",),
    ),
    Guard(
        "alarms: written down before it is sent",
        "server/alarms/engine.py",
        "                await self._write(kind, record, anew=True)\n",
        "                kind.took(record)\n",
        (
            f"{ALARMS}/test_restarts.py::test_killed_after_it_was_written_down_it_is_sent_after_the_start",
        ),
    ),
    Guard(
        "alarms: a restricted case's watch is not its team's",
        "server/alarms/watching.py",
        "set() if restricted else {channels.team(one) for one in teams}",
        "{channels.team(one) for one in teams}",
        (f"{WATCHING}::test_a_watch_of_a_case_goes_to_the_case_and_to_its_team_unless_restricted",),
    ),
    Guard(
        "alarms: texts are signed",
        "server/alarms/sms.py",
        "hmac.new(secret, stamp.encode() + b'.' + body, 'sha256')",
        "hmac.new(secret, body, 'sha256')",
        (f"{ALARMS}/test_transports.py::test_a_text_is_signed_and_tried_again",),
    ),
    Guard(
        "alarms: a mail server is checked",
        "server/alarms/mail.py",
        "            trust = ssl.create_default_context()\n",
        "            trust = ssl._create_unverified_context()\n",
        (f"{ALARMS}/test_transports.py::test_tls_from_the_first_byte_and_nobody_else_is_believed",),
    ),
    Guard(
        "held: what is of a restricted case is its workers'",
        "sync/audience.py",
        "        if placed is None or placed.restricted:\n",
        "        if placed is None:\n",
        (f"{AUDIENCE}::test_of_a_restricted_case_to_its_workers_alone",),
    ),
    Guard(
        "held: it leaves the team with its case",
        "sync/settling.py",
        "            if to != document.channels:\n",
        "            if False:\n",
        (f"{AUDIENCE}::test_what_is_held_leaves_the_team_with_its_case",),
    ),
    Guard(
        "held: a broken form opens nothing",
        "sync/audience.py",
        'return _QUARANTINE if self.roster.school.phase != "area" or readable else frozenset()',
        "return _QUARANTINE",
        (f"{AUDIENCE}::test_a_broken_form_opens_nothing",),
    ),
    Guard(
        "held: nobody decides on what they may not see",
        "sync/rights.py",
        " or not self._sees(body.held, act):",
        ":",
        (f"{AUDIENCE}::test_nobody_decides_on_what_they_may_not_see",),
    ),
    Guard(
        "waiting: it is judged again, not let through",
        "sync/waiting.py",
        '"verdict": "stored" if held is None else "held",',
        '"verdict": "stored",',
        (f"{WAITING}::test_it_is_judged_as_of_then_and_held_for_what_is_wrong_with_it",),
    ),
)

_PARTS = (
    Guard(
        "parts: a watch goes where its case goes",
        "server/alarms/watching.py",
        "            self._again |= await self._shown(moved)\n",
        "",
        ("tests/server/alarms/test_watching.py::test_a_watch_goes_where_its_case_goes",),
    ),
    Guard(
        "parts: an opened draft is its reader's while they lead",
        "sync/grants.py",
        "frozenset({channels.lent(now.person)} if opens else ())",
        "frozenset({channels.lent(now.person)})",
        (f"{DRAFTS}::test_a_draft_that_was_opened_is_read_as_long_as_its_reader_leads",),
    ),
    Guard(
        "parts: an opened draft is closed with its case",
        "server/visit_drafts/following.py",
        "if not work.reaches(opening.case):",
        "if False:",
        (f"{DRAFTS}::test_a_draft_that_was_opened_is_closed_with_its_case",),
    ),
    Guard(
        "parts: that a draft was opened is explained to no others",
        "server/routes/access.py",
        '"draft_opening:", ',
        "",
        (f"{DRAFTS}::test_that_a_draft_was_opened_is_explained_to_those_who_were_told",),
    ),
    Guard(
        "parts: a visit is of the case that named it first",
        "sync/family/casework.py",
        "self.known.visits.get(visit, body.case) == body.case:",
        "True:",
        (f"{CASEWORK}::test_a_visit_is_of_the_case_that_named_it_first",),
    ),
    Guard(
        "parts: no case publishes another's visit",
        "server/family/cases.py",
        'if one is not None and not one.deleted and one.body["case"] != name',
        "if False",
        (f"{PARTS}::test_nobody_takes_a_visit_and_its_photos_into_a_case_of_their_own",),
    ),
    Guard(
        "parts: a restricted case goes to no team",
        "server/family/cases.py",
        "    if not case.restricted:\n",
        "    if True:\n",
        (f"{PARTS}::test_who_sees_each_part_of_a_visit_is_what_the_words_say",),
    ),
    Guard(
        "parts: photos are of who may see the visit",
        "server/routes/photos.py",
        "return not scoped.channels.isdisjoint(visit.channels)",
        "return True",
        (f"{PARTS}::test_who_sees_each_part_of_a_visit_is_what_the_words_say",),
    ),
)

_INTAKE = (
    Guard(
        "intake: a forged author",
        "sync/rights.py",
        "if body.author != self.speaker.person:",
        "if False:",
        (f"{ABUSE}/test_forgery.py::test_an_author_or_a_role_that_is_not_ones_own_is_held",),
    ),
    Guard(
        "intake: a forged role",
        "sync/rights.py",
        "if body.role not in self.access.roles:",
        "if False:",
        (f"{ABUSE}/test_forgery.py::test_an_author_or_a_role_that_is_not_ones_own_is_held",),
    ),
    Guard(
        "intake: what does not match its digest",
        "sync/pushed.py",
        'return tuple(raw.get(key) for key in ("body_digest", "digest", "_id", "_rev")) == wanted',
        "return True",
        (
            (
                f"{INTAKE}"
                "::test_what_was_changed_after_it_was_written_is_held_and_the_entry_itself_still_comes"
            ),
        ),
    ),
    Guard(
        "intake: another's log",
        "sync/intake.py",
        "state.owner != speaker.person if state.owner else",
        "False if state.owner else",
        (
            f"{ABUSE}/test_forgery.py::test_an_entry_under_anothers_log_takes_no_number_in_it",
            f"{INTAKE}::test_nobody_writes_into_anothers_log",
        ),
    ),
    Guard(
        "intake: a log begun with another's entry",
        "sync/intake.py",
        "mine.isdisjoint(authors[log])",
        "False",
        (f"{ABUSE}/test_forgery.py::test_nobody_begins_a_log_with_anothers_entry",),
    ),
    Guard(
        "intake: a register voided by somebody else",
        "sync/rights.py",
        'if void.role not in DESK_ROLES and voided.get("author") != void.author:',
        "if False:",
        (f"{INTAKE}::test_only_its_author_or_the_desk_voids_a_register",),
    ),
    Guard(
        "intake: an entry its author may not make",
        "sync/verdicts.py",
        "if not may_write(role, body.kind):",
        "if False:",
        (f"{VERDICTS}::test_an_entry_its_author_may_not_make_is_held",),
    ),
    Guard(
        "intake: a code its author may not use",
        "sync/verdicts.py",
        "    if not may_use_code(role, claim.code, planned=frozenset()) and not may_use_code(\n",
        "    if False and not may_use_code(\n",
        (f"{VERDICTS}::test_one_bad_mark_is_set_aside_and_its_neighbours_stand",),
    ),
    Guard(
        "intake: a pupil not on the roll",
        "sync/verdicts.py",
        "if not roster.on_roll(claim.pupil, body.date):",
        "if False:",
        (f"{VERDICTS}::test_one_bad_mark_is_set_aside_and_its_neighbours_stand",),
    ),
    Guard(
        "intake: a session that has not been",
        "sync/verdicts.py",
        "if body.date > today:",
        "if False:",
        (f"{VERDICTS}::test_a_session_that_is_none_holds_the_entry",),
    ),
)

_DEVICES = (
    Guard(
        "device: a bound session needs its proof",
        "server/visitor.py",
        "if session.device is not None and (device is None or device.device != session.device):",
        "if False:",
        (f"{DEVICES}/test_binding.py::test_a_stolen_cookie_alone_is_worth_nothing",),
    ),
    Guard(
        "device: a proof's signature",
        "server/devices/proofs.py",
        'signed = jws.deserialize_compact(token.encode(), key, algorithms=["ES256"])',
        "signed = jws.extract_compact(token.encode())",
        (f"{DEVICES}/test_proofs.py::test_a_changed_claim_breaks_the_signature",),
    ),
    Guard(
        "device: a proof is good once",
        "server/devices/proofs.py",
        "if name in mine:",
        "if False:",
        (f"{DEVICES}/test_binding.py::test_a_proof_is_good_once",),
    ),
    Guard(
        "device: a proof of this time",
        "server/devices/proofs.py",
        "if abs(now_ms // 1000 - proof.iat) > WINDOW_S:",
        "if False:",
        (f"{DEVICES}/test_proofs.py::test_another_time_is_told_the_servers",),
    ),
    Guard(
        "device: a proof for this method",
        "server/devices/proofs.py",
        'if claims.get("htm") != address.method:',
        "if False:",
        (f"{DEVICES}/test_proofs.py::test_a_proof_for_something_else",),
    ),
    Guard(
        "device: a proof for this body",
        "server/devices/watched.py",
        "right = not self._whole or bth == body_digest(self._digest.digest())",
        "right = True",
        (f"{DEVICES}/test_binding.py::test_nothing_of_another_body_is_taken",),
    ),
    Guard(
        "device: revoked at once",
        "server/devices/proving.py",
        "if device is not None and device.revoked is not None:",
        "if False:",
        (f"{DEVICES}/test_revocation.py::test_a_revoked_tablet_gets_nothing_and_is_told_so",),
    ),
    Guard(
        "device: only its owner's sessions",
        "server/devices/binding.py",
        "if not now.takes(person):",
        "if False:",
        (
            (
                f"{DEVICES}/test_binding.py"
                "::test_a_shared_tablet_takes_anybody_and_an_owned_one_its_owner"
            ),
        ),
    ),
    Guard(
        "device: a code expires",
        "server/devices/codes.py",
        "fresh = code.expires_ms > self._clock.now_ms()",
        "fresh = True",
        (f"{DEVICES}/test_enrolment.py::test_a_code_expires",),
    ),
    Guard(
        "device: a code enrols one tablet",
        "server/devices/codes.py",
        "code.used_by in (None, device)",
        "True",
        (f"{DEVICES}/test_enrolment.py::test_a_code_enrols_one_tablet_and_that_one_again",),
    ),
    Guard(
        "device: guesses at codes",
        "server/devices/attempts.py",
        "if wait_ms > 0:",
        "if False:",
        (f"{DEVICES}/test_enrolment.py::test_who_guesses_codes_is_stopped",),
    ),
)

_GRANTS = (
    Guard(
        "grants: in force from their start up to their end",
        "sync/grants.py",
        "return _begun(grant, ms) and (end is None or ms < end)",
        "return _begun(grant, ms)",
        ("tests/sync/test_grants.py::test_a_grant_is_in_force_from_its_start_up_to_its_end",),
    ),
    Guard(
        "grants: what its author had no right to when it was done",
        "sync/rights.py",
        "if body.role not in self.access.at(act.judged_ms).roles:",
        "if False:",
        (f"{RIGHTS}::test_a_whole_role_ends_with_its_grant_whichever_groups_it_needs",),
    ),
    Guard(
        "grants: no act before the contact that it names",
        "sync/rights.py",
        "act_ms = min(max(said, contact_ms), received_ms)",
        "act_ms = min(said, received_ms)",
        (f"{RIGHTS}::test_no_act_lies_before_the_contact_that_it_names",),
    ),
    Guard(
        "grants: what should have come with an earlier contact",
        "sync/rights.py",
        "if last is None or act_ms >= last - SKEW_MS:",
        "if True:",
        (f"{RIGHTS}::test_what_should_have_come_with_an_earlier_contact_is_judged_as_of_that",),
    ),
    Guard(
        "grants: a nonce of this server's own",
        "server/nonces.py",
        "if hmac.compare_digest(given, _digest(secret, moment).encode()):",
        "if True:",
        ("tests/server/test_nonces.py::test_an_altered_nonce_is_none",),
    ),
    Guard(
        "grants: who may give what",
        "sync/rights.py",
        "if not may_give(body.role, body.grants):",
        "if False:",
        ("tests/sync/test_grants.py::test_who_may_give_what",),
    ),
    Guard(
        "grants: nobody takes a register over by a word that is held",
        "sync/attendance/daybook.py",
        "bodies = (one.entry.body for one in moves if self._stands(one))",
        "bodies = (one.entry.body for one in moves)",
        (f"{RIGHTS}::test_nobody_takes_a_register_over_by_their_own_word",),
    ),
    Guard(
        "grants: who may end a post, by the account",
        "sync/lookups.py",
        "return listed | {one.role for one in await posts(person)}",
        "return listed",
        ("tests/server/test_access.py::test_nobody_ends_a_post_whose_role_they_may_not_give",),
    ),
    Guard(
        "decisions: one on a copy says nothing of the entry",
        "sync/decisions.py",
        "if is_of_entry(body.held, body.entry):",
        "if True:",
        (f"{DECISIONS}::test_a_decision_on_a_copy_says_nothing_of_the_entry_itself",),
    ),
    Guard(
        "tablets: a bound session speaks from no other tablet",
        "server/routes/scope.py",
        "device = self.visitor.session.device or said",
        "device = said",
        (
            f"{DEVICES}/test_binding.py::test_a_bound_session_speaks_from_its_tablet_whatever_it_says",
        ),
    ),
    Guard(
        "tablets: no other school takes one over",
        "server/devices/enrolment.py",
        "if before is not None and before.school != code.school:",
        "if False:",
        (f"{DEVICES}/test_enrolment.py::test_another_school_cannot_take_a_tablet_over",),
    ),
    Guard(
        "sign-in: a provider of one school links nobody of another",
        "server/oidc/people.py",
        "if settings.schools and settings.schools.isdisjoint(",
        "if False and settings.schools.isdisjoint(",
        (f"{OIDC}/test_people.py::test_a_provider_of_one_school_opens_no_account_of_another",),
    ),
    Guard(
        "grants: nobody grants themselves",
        "sync/rights.py",
        "if body.person == body.author:",
        "if False:",
        ("tests/sync/test_grants.py::test_who_may_give_what",),
    ),
    Guard(
        "decisions: not on one's own",
        "sync/rights.py",
        "if body.author in {held.sender, held.author}:",
        "if False:",
        ("tests/sync/test_decisions.py::test_decisions_that_cannot_be_taken_are_held_themselves",),
    ),
    Guard(
        "decisions: only what can stand is released",
        "sync/rights.py",
        "if isinstance(body, QuarantineReleased) and not held.releasable:",
        "if False:",
        ("tests/sync/test_decisions.py::test_decisions_that_cannot_be_taken_are_held_themselves",),
    ),
)

_RECORD = (
    Guard(
        "audit: an entry that was removed",
        "sync/logaudit.py",
        "if not seen.faults or item.entry == entry_id(self.log, item.n, item.digest):",
        "if False:",
        (f"{AUDIT}::test_an_entry_that_is_removed_is_named",),
    ),
    Guard(
        "audit: an entry that was altered",
        "sync/logaudit.py",
        "faults = list(entry.faults)",
        "faults = list[str]()",
        (f"{AUDIT}::test_every_field_of_an_entry_that_is_altered_or_removed_is_named",),
    ),
    Guard(
        "audit: an arrival that follows another",
        "sync/logaudit.py",
        "if earlier and not is_faulty(earlier) and seen.prev not in {e.digest for e in earlier}:",
        "if False:",
        ((f"{AUDIT}::test_a_verdict_changed_with_its_digest_is_named_by_the_arrival_after_it"),),
    ),
    Guard(
        "audit: a log's end that was cut off",
        "sync/audit.py",
        "if head.k > reached:",
        "if False:",
        (f"{AUDIT}::test_a_tail_cut_off_whole_is_named_by_an_anchor_alone",),
    ),
    Guard(
        "audit: a log that was written anew",
        "sync/audit.py",
        "if head.k and head.arrival not in kept:",
        "if False:",
        (f"{AUDIT}::test_a_log_replaced_by_another_consistent_one_is_named_by_an_anchor_alone",),
    ),
    Guard(
        "views: a restricted record fetched by its id",
        "server/audit/views.py",
        "        if writes:\n",
        "        if False:\n",
        (
            (
                "tests/server/audit/test_views.py"
                "::test_a_restricted_record_that_is_fetched_by_its_id_is_noted"
            ),
        ),
    ),
    Guard(
        "erasure: what is offered again is not stored",
        "sync/filing.py",
        "erasure = self.erasures.of(item.entry)",
        "erasure = None",
        (f"{ERASE}::test_what_a_restored_server_never_had_is_not_stored_when_it_is_offered",),
    ),
    Guard(
        "erasure: it is on disk before anything goes",
        "server/erasure/ledger.py",
        '[b"#\\n" if _is_torn(descriptor) else b"", *lines]',
        "[]",
        (f"{LEDGER}::test_what_was_added_is_there_for_whoever_reads_it_next",),
    ),
    Guard(
        "commands: the running server's socket is its owner's",
        "server/control.py",
        "(folder / FILE).chmod(0o600)",
        "(folder / FILE).chmod(0o666)",
        (f"{CONTROL}::test_the_socket_is_its_owners_alone_and_goes_with_the_server",),
    ),
    Guard(
        "farewell: nothing of it speaks by itself",
        "server/devices/farewell.py",
        "taken = await opened.intake.take(batch.authors[person], docs, hold=why)",
        "taken = await opened.intake.take(batch.authors[person], docs)",
        (f"{DEVICES}/test_farewell.py::test_nothing_of_it_speaks_until_the_desk_says_so",),
    ),
)

_LIMITS = (
    Guard(
        "limits: requests",
        "server/limits.py",
        "if bucket is not None and (wait_ms := bucket.wait_ms(key)) > 0:",
        "if bucket is not None and (wait_ms := bucket.wait_ms(key)) > 1e12:",
        (
            f"{LIMITS}::test_a_device_waits_and_the_same_persons_other_device_does_not",
            f"{LIMITS}::test_a_school_waits_and_another_school_does_not",
        ),
    ),
    Guard(
        "limits: who has no session",
        "server/visitor.py",
        "    if not known:\n",
        "    if False:\n",
        (f"{LIMITS}::test_who_has_no_session_pays_by_address_and_who_has_does_not",),
    ),
    Guard(
        "limits: who copied a cookie",
        "server/visitor.py",
        "if known:  # a copied cookie costs its thief",
        "if False:  # a copied cookie costs its thief",
        (f"{ABUSE}/test_stolen_tablet.py::test_a_thief_of_a_cookie_pays_and_its_tablet_does_not",),
    ),
    Guard(
        "limits: bytes cost more",
        "server/limits.py",
        "tokens = 1 + self._length(scope) // PORTION",
        "tokens = 1",
        (f"{LIMITS}::test_large_requests_and_large_answers_cost_more",),
    ),
    Guard(
        "limits: a school's storm waits in its own line",
        "server/routes/scope.py",
        "        site.school_turns.turn(school),\n",
        "",
        (f"{LIMITS}::test_a_schools_storm_does_not_starve_another",),
    ),
    Guard(
        "limits: held requests",
        "server/limits.py",
        "if 0 < self._most_held <= self._held[person]:",
        "if False:",
        (f"{LIMITS}::test_held_requests_are_bounded_by_person",),
    ),
    Guard(
        "limits: slow bodies",
        "server/patience.py",
        "async with asyncio.timeout_at(self._ends):",
        "async with asyncio.timeout_at(None):",
        (f"{LIMITS}::test_a_body_that_does_not_come_is_not_waited_for",),
    ),
    Guard(
        "limits: local documents",
        "server/couch/scoped.py",
        "elif name not in names and len(names) >= self._limits.local_documents:",
        "elif False:",
        (f"{ABUSE}/test_replicator.py::test_local_documents_are_so_many_a_person_and_no_more",),
    ),
    Guard(
        "limits: deep JSON",
        "server/bodies.py",
        "    for _ in range(MAX_DEPTH):\n",
        "    for _ in range(10**6):\n",
        (f"{ABUSE}/test_replicator.py::test_deep_json_is_refused",),
    ),
    Guard(
        "limits: large bodies",
        "server/bodies.py",
        "if length.isdecimal() and int(length[:20]) > max_bytes:",
        "if False:",
        (f"{HOSTILE}::test_a_body_over_the_limit_is_refused_by_its_length_alone",),
    ),
    Guard(
        "limits: bodies packed like a bomb",
        "server/bodies.py",
        "    if len(body) > max_bytes:\n",
        "    if False:\n",
        (f"{HOSTILE}::test_a_gzip_bomb_is_not_unpacked",),
    ),
)

_HEADERS = (
    Guard(
        "headers: nothing guessed from content",
        "server/headers.py",
        '    (b"x-content-type-options", b"nosniff"),\n',
        "",
        (f"{ABUSE}/test_headers.py::test_every_answer_is_safe_whoever_asks",),
    ),
    Guard(
        "headers: the page's policy",
        "server/headers.py",
        "\"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \"",
        "\"default-src 'none'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; \"",
        (f"{ABUSE}/test_headers.py::test_the_page_may_run_and_load_nothing_but_its_own",),
    ),
    Guard(
        "headers: private answers are kept by nobody",
        "server/answers.py",
        '{"Cache-Control": "no-store", **(headers or {})}',
        "{**(headers or {})}",
        (f"{ABUSE}/test_headers.py::test_every_answer_is_safe_whoever_asks",),
    ),
    Guard(
        "headers: https for good",
        "server/headers.py",
        'if scope["scheme"] == "https":',
        "if False:",
        (f"{ABUSE}/test_headers.py::test_https_is_remembered_also_behind_a_proxy_that_is_named",),
    ),
    Guard(
        "logs: nobody's words",
        "server/logs.py",
        "name: value if name in FIELDS and _is_plain(value) else REDACTED",
        "name: value",
        ("tests/server/test_logs.py::test_fields_nobody_knows_and_words_are_redacted",),
    ),
)

GUARDS = (
    *_SIGNING_IN,
    *_SESSIONS,
    *_CROSS_SITE,
    *_SCOPE,
    *_FAMILY,
    *_PARTS,
    *_INTAKE,
    *_DEVICES,
    *_GRANTS,
    *_RECORD,
    *_LIMITS,
    *_HEADERS,
)
