"""Faults that tests of their own rooms play: what is seen of each, and which tests show it (paths below tests/)."""

from __future__ import annotations

from dataclasses import dataclass

IN_THE_WAY = "griddav/test_webdav_folders_in_the_way.py"
ROADS = "storage/test_roads.py"
SCOPE = "cli/test_scope.py"
CONSENT = "cli/test_consent.py"
SYNC = "cli/test_store_sync.py"
CLEAN = "cli/test_store_clean.py"
REACH = "plan/test_reach.py"
WRITERS = "storage/remote/test_two_writers.py"
STANDING = "records/test_chosen_by_digest.py"
RECORDS = "storage/remote/test_damaged_records.py"
INPUTS = "storage/remote/test_damaged_inputs.py"
CACHE = "storage/test_cache.py"
WRITTEN = "griddav/test_webdav_files_being_written.py"
PRESENCE = "storage/test_marker.py"
BROKEN = "griddav/test_webdav_broken_downloads.py"
OUTBOX = "storage/remote/test_outbox_of_a_store.py"
BOMBS = "fingerprint/content"
DAMAGED = "griddav/test_webdav_damaged_files.py"
SPOILED = "storage/files/test_spoiled_downloads.py"
BETWEEN = "griddav/test_webdav_third_party_faults.py"
DCACHE = "griddav/dcache/test_dcache_filesystem.py"
NAMES = "griddav/test_webdav_names_matrix.py"
DOORS = "storage/law/test_doors_on_every_road.py"
STORES = "config/test_store.py"
UNTRUSTED = "griddav/test_webdav_untrusted.py"
LAYERS = "storage/test_layers.py"


@dataclass(frozen=True)
class Kind:
    """A fault, and what is seen when it happens; `tests` are functions of test modules, of which some name one case."""

    fault: str
    seen: str
    tests: tuple[str, ...]

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(test.partition("[")[0] for test in self.tests)


def kind(fault: str, seen: str, module: str, *tests: str) -> Kind:
    return Kind(fault, seen, tuple(f"{module}::{test}" for test in tests))


KINDS: dict[str, tuple[Kind, ...]] = {
    "What has the name already": (
        kind("file written to a path that is a folder: every verb of the client",
             "refused; the folder keeps all that it holds", IN_THE_WAY,
             "test_a_file_takes_the_place_of_a_file_and_of_nothing_else"),
        kind("the same through store, law target, command and fsspec", "refused; nothing is lost on any road", ROADS,
             "test_a_folder_never_gives_way_to_a_file"),
        kind("file written to the root, also where that is a folder of the server", "refused", IN_THE_WAY,
             "test_the_root_is_no_name_of_a_file"),
        kind("folder moved onto a file, an empty or a full folder", "refused; both stay as they are", IN_THE_WAY,
             "test_a_folder_takes_the_place_of_nothing"),
        kind("folder renamed to the name of a file, on every road", "refused", ROADS,
             "test_a_file_never_gives_way_to_a_folder"),
        kind("`store sync` and `cp --force` of a file onto a folder, and the reverse",
             "refused before anything is copied", SYNC,
             "test_neither_a_file_nor_a_folder_gives_way_to_the_other"),
        kind("answer to a replacement lost, twice", "the new file is there; nothing else was removed", IN_THE_WAY,
             "test_a_replacement_whose_answer_is_lost_removes_nothing"),
        kind("folder that appears between the look and the MOVE", "refused by the server; the folder stays",
             IN_THE_WAY, "test_a_folder_that_appears_meanwhile_is_kept"),
    ),
    "What commands remove": (
        kind("`store clean` of a folder, however it is written", "leftovers in that folder, and none beside it", SCOPE,
             "test_clean_lists_and_removes_below_its_folder_only"),
        kind("`store sync --delete` into a folder", "files of that folder, and none beside it or of a store inside",
             SCOPE, "test_sync_removes_below_its_target_only_and_no_other_store"),
        kind("`clean`, `sync --delete`, `gc` of a whole server", "refused until `--whole-server` is said", SCOPE,
             "test_a_whole_server_needs_its_own_word", "test_gc_of_a_whole_server_needs_its_own_word"),
        kind("`gc` of a store that holds another one", "the inner one stays", SCOPE,
             "test_gc_leaves_a_store_in_the_store_alone"),
        kind("link that leads out of the folder; URL that leads up", "not followed; refused", SCOPE,
             "test_a_link_out_of_a_folder_is_not_followed", "test_a_url_that_leads_up_is_refused"),
        kind("`--delete` without a terminal, also with `--json`", "nothing is removed; `--yes` is asked for", CONSENT,
             "test_without_a_terminal_nothing_is_done_until_yes_is_said",
             "test_on_a_terminal_the_question_is_asked_and_no_means_no"),
        kind("`gc --days` in a project without campaigns", "what today's code reaches stays", REACH,
             "test_what_status_calls_complete_is_kept_whatever_the_command_line_said[without campaigns]"),
        kind("name that is a pattern (`[1]`, `*`) removed, on every road", "that file, and no other", ROADS,
             "test_a_name_is_never_a_pattern", "test_a_folder_is_removed_with_what_it_holds_and_nothing_beside_it"),
        kind("the same with `sync --delete`", "that file, and no other", SYNC,
             "test_a_name_that_looks_like_a_pattern_removes_itself_alone"),
        kind("source of `sync --delete` that is not there, or only looks empty", "nothing is removed", SYNC,
             "test_a_source_that_is_not_there_is_an_error_and_removes_nothing",
             "test_a_folder_that_only_looks_empty_removes_nothing"),
        kind("records damaged while `gc --delete` runs", "nothing is removed as unexplained", RECORDS,
             "test_nothing_is_removed_as_unexplained_while_records_are_damaged"),
    ),
    "Which record explains a file": (
        kind("two runs at once whose bytes differ, one on a host 1 h ahead",
             "both read what the store holds; `verify` says ok", WRITERS, "test_on_a_server", "test_on_disk"),
        kind("`store sync` of outputs of equal size, either host 1 h ahead",
             "the record with the file's digest counts; all is read and verified", WRITERS,
             "test_stores_that_were_synchronised"),
        kind("bytes in the cache of which the store may hold others", "fetched and compared; never used unasked",
             WRITERS, "test_what_the_cache_has_is_not_used_where_the_store_may_hold_something_else"),
        kind("records whose times contradict each other", "no clock decides", STANDING, "test_no_clock_decides",
             "test_products_of_two_writers_are_explained_by_both", "test_what_no_record_explains_stands_for_nothing"),
    ),
    "Clocks": (
        kind("record of a host 1 h ahead or behind, of what a user vouched for", "the store tells, and no clock",
             "records/test_explaining.py", "test_no_clock_tells_what_a_user_vouched_for"),
        kind("`gc --days` where a clock was ahead or behind", "what was made since stays, nothing stays for ever",
             "plan/test_garbage.py", "test_a_clock_that_was_ahead_keeps_nothing_for_ever",
             "test_a_clock_that_was_behind_makes_nothing_old"),
        kind("record of a host whose clock is ahead, where `why` is asked", "explains nothing that is not there",
             "plan/test_why.py", "test_a_record_of_a_clock_that_is_ahead_explains_nothing_that_is_there"),
        kind("ages of leftovers", "by the clock of the server", CLEAN, "test_ages_are_by_the_clock_of_the_server"),
    ),
    "What only helps": (
        kind("more published than the cache may hold", "the cache keeps to its limit all the time", CACHE,
             "test_what_is_published_stays_within_the_limit"),
        kind("disk of the cache full, cache not to be made or open to others", "told once; the upload goes on", CACHE,
             "test_a_full_disk_hinders_no_publication", "test_a_cache_that_cannot_be_there_hinders_no_publication",
             "test_a_cache_that_others_may_change_hinders_no_publication"),
        kind("damaged copy of a document of records on this machine", "fetched again; nothing runs", RECORDS,
             "test_a_damaged_copy_is_fetched_again"),
        kind("damaged document of records in the store", "named, with what to do; what it explained is made again",
             RECORDS, "test_damage_in_the_store_is_told_and_stops_nothing",
             "test_damage_on_disk_is_told_and_stops_nothing"),
        kind("damaged input, lost input, input that tape does not give", "its branch fails; all others run", INPUTS,
             "test_damaged_inputs_stop_their_branches_and_no_other",
             "test_a_file_that_tape_does_not_give_stops_its_branch_and_no_other",
             "test_a_lost_file_stops_its_branch_and_no_other"),
        kind("token file empty, missing, half-written at moments", "the last good one goes on until it ends", WRITTEN,
             "test_the_last_good_token_goes_on_while_a_new_one_is_written", "test_a_token_that_ended_does_not_go_on",
             "test_a_first_token_is_looked_for_twice"),
        kind("password file empty or missing at moments", "the last good one goes on", WRITTEN,
             "test_the_last_password_goes_on_while_a_new_one_is_written"),
        kind("CA file empty, missing, half-written at moments", "the last good one goes on, else it is read again",
             WRITTEN, "test_the_last_cas_go_on_while_new_ones_are_written",
             "test_cas_that_are_being_written_are_looked_for_twice"),
    ),
    "A store that is not there": (
        kind("root missing, empty mount, other files mounted there, marker gone",
             "the run stops and makes nothing; mounted again, all is complete", PRESENCE,
             "test_a_run_stops_where_the_store_was_and_makes_nothing", "test_commands_say_that_the_store_is_not_there"),
        kind("folder gone on the server; 404 for whatever is asked", "the run stops; nothing is written", PRESENCE,
             "test_a_run_stops_where_a_server_shows_nothing"),
        kind("store without a marker, of an earlier version, gone", "noticed by the index of this machine", PRESENCE,
             "test_a_store_of_before_markers_that_is_not_there_is_missed"),
        kind("another store in its place; damaged marker", "said; nothing runs", PRESENCE,
             "test_another_store_in_its_place_is_noticed", "test_a_damaged_marker_is_no_new_store"),
        kind("server that gives no answer", "called that, and not a missing store", PRESENCE,
             "test_a_server_that_gives_no_answer_is_not_a_store_that_is_missing"),
        kind("source of a copy with `--delete` that is not there", "the copy keeps all", PRESENCE,
             "test_no_copy_is_emptied_because_the_source_is_not_there"),
    ),
    "Downloads": (
        kind("file changed in its store, past the server", "damaged: given out nowhere, kept in no cache",
             "storage/files/test_damaged_files.py", "test_what_was_changed_in_its_store_is_damaged_and_not_kept"),
        kind("checksum that never fits, other length than the file has", "damaged, said soon", DAMAGED,
             "test_a_checksum_that_never_fits_is_damage", "test_another_length_than_the_file_has_is_damage"),
        kind("file that becomes shorter while it is read", "never read as if it were whole", DAMAGED,
             "test_a_file_that_becomes_shorter_while_it_is_open_is_not_read_as_if_it_were_whole"),
        kind("download cut or damaged by `root://` or S3, once and each time", "asked for again; never in the cache",
             SPOILED, "test_a_download_that_is_cut_each_time_is_no_answer_and_no_file",
             "test_a_download_that_is_cut_once_arrives", "test_bytes_that_arrive_damaged_once_are_asked_for_again",
             "test_objects_that_arrive_damaged_each_time_are_damage_and_no_file"),
        kind("download that another file system cuts, and calls whole", "refused; not in the cache",
             "storage/files/test_cut_downloads.py", "test_what_arrived_in_part_is_neither_given_out_nor_kept"),
        kind("connections that live for a tenth of a file", "it goes on where it broke", BROKEN,
             "test_a_file_arrives_over_connections_that_live_for_a_tenth_of_it"),
        kind("the same without ETag and checksum; another file meanwhile", "read anew; never half of each", BROKEN,
             "test_a_file_without_etag_and_checksum_is_read_anew",
             "test_a_file_that_changes_meanwhile_is_never_half_of_each"),
        kind("body or error page without end", "ended at the size that the file has; no disk fills", BROKEN,
             "test_a_body_without_end_ends", "test_an_error_page_without_end_is_not_read"),
        kind("a byte now and then", "given up and asked for again; a slow reader is none", BROKEN,
             "test_a_trickle_is_no_download", "test_a_reader_that_takes_its_time_is_no_trickle"),
        kind("`Retry-After` as a date of a server whose clock is wrong", "counted from the server's own clock", BROKEN,
             "test_a_date_to_come_back_counts_from_the_server_s_own_clock",
             "test_a_pause_until_a_date_of_a_server_whose_clock_is_fast_is_short"),
        kind("HEAD without Content-Length", "uploads are verified by a listing", BROKEN,
             "test_a_server_that_does_not_say_how_long_a_file_is_takes_uploads"),
    ),
    "Copies between servers": (
        kind("download refused, cut or damaged between two servers", "noticed; copied in another way, and whole",
             BETWEEN, "test_what_goes_wrong_between_the_servers_is_noticed",
             "test_a_file_that_always_arrives_damaged_is_not_published"),
        kind("server that is busy, does not copy, or fails once", "asked again, or helped", BETWEEN,
             "test_a_server_that_is_busy_is_asked_again", "test_servers_that_do_not_copy_are_helped",
             "test_a_source_that_fails_once_is_read_again", "test_a_target_that_fails_once_is_written_again"),
        kind("source that is down or vanishes, target that is full", "said at once", BETWEEN,
             "test_a_source_that_is_down_is_said_soon", "test_a_source_that_vanishes_is_missing",
             "test_a_full_target_is_said_at_once"),
        kind("connection that is not safe; redirect", "no token goes along", BETWEEN,
             "test_no_token_goes_over_a_connection_that_is_not_safe", "test_a_redirect_takes_no_token_along"),
        kind("copy killed, in each way", "whole files only", "griddav/test_webdav_third_party.py",
             "test_a_killed_copy_leaves_whole_files_only"),
    ),
    "Outbox, cache, archives": (
        kind("other door, spelling or case of the URL after an outage", "what waits is uploaded; nothing runs again",
             OUTBOX, "test_nothing_runs_again_whatever_door_is_named_first",
             "test_a_store_is_known_by_whichever_door_and_spelling"),
        kind("another store named while uploads wait", "said; they stay for theirs", OUTBOX,
             "test_what_waits_for_another_store_is_said_and_stays"),
        kind("cache folder of another user, or that others may write", "refused", CACHE,
             "test_a_cache_of_another_user_is_refused", "test_a_cache_that_others_may_change_is_refused"),
        kind("archive that expands to far more than it holds", "counts with its bytes, after a bounded time",
             BOMBS + "/test_compressed_content.py", "test_a_bomb_counts_with_its_bytes_after_a_bounded_time"),
        kind("the same as tar", "counts with its bytes", BOMBS + "/test_tar_content.py",
             "test_a_bomb_counts_with_its_bytes"),
        kind("the same as zip", "counts with its bytes", BOMBS + "/test_zip_content.py",
             "test_a_bomb_counts_with_its_bytes"),
    ),
    "Names, doors, certificates": (
        kind("names that a server encodes in part, takes for a pattern or cuts", "right, or refused with a reason",
             NAMES, "test_awkward_letters_meet_in_one_name", "test_a_name_that_is_there_is_no_pattern",
             "test_two_names_that_look_alike_are_two"),
        kind("the same on every road", "right, or refused with a reason", ROADS,
             "test_what_is_put_is_there_and_comes_back", "test_a_name_that_a_server_would_cut_is_refused"),
        kind("`a.tar.gz` half-written by a writer that was killed", "`clean` finds it; `sync` does not copy it", CLEAN,
             "test_what_a_killed_writer_leaves_is_found_and_never_copied"),
        kind("`store sync`, `check`, `bench` of a store on `root://`", "as by any other protocol", SYNC,
             "test_xrootd_is_synchronised_and_timed_by_its_own_protocol"),
        kind("first door down; doors for reading", "the next one is asked, on every road", DOORS,
             "test_another_door_is_asked_where_the_first_is_down", "test_bytes_come_from_the_doors_for_reading"),
        kind("stores.yaml added beside `store: data`", "the folder stays the store; slips of names are said", STORES,
             "test_a_word_that_is_no_name_is_a_folder_also_before_there_is_one",
             "test_a_word_that_is_a_name_and_a_folder_is_the_name_and_that_is_said"),
        kind("called as dcachefs is", "as there; what would be ignored is refused", DCACHE,
             "test_arguments_of_dcachefs_are_understood", "test_arguments_that_would_be_ignored_are_refused",
             "test_names_stand_for_themselves", "test_all_that_is_written_is_kept"),
        kind("certificate that ended, of another host, of an unknown CA",
             "said which, until when, what to do; never to turn checks off", UNTRUSTED,
             "test_a_certificate_that_ended", "test_a_certificate_of_another_host",
             "test_a_certificate_of_an_unknown_ca", "test_a_certificate_that_signed_itself"),
    ),
    "Layers": (
        kind("layer that cannot be reached", "unknown, not missing; an optional one is left out, as records say",
             LAYERS, "test_a_layer_that_does_not_answer_is_no_empty_one", "test_a_server_in_trouble_is_no_empty_layer"),
        kind("layer that is read-only", "only read: no record, no lock", LAYERS, "test_a_read_only_layer_is_only_read"),
        kind("group's store on dCache, own one on a laptop", "theirs is read, ours is written", LAYERS,
             "test_what_a_colleague_made_on_dcache_is_mine_on_a_laptop"),
        kind("edit of a result that a colleague made", "made in my own store; theirs stays", LAYERS,
             "test_an_edit_makes_what_changed_in_my_own_store", "test_an_equal_output_of_a_colleague_is_adopted"),
        kind("`gc --delete` with layers", "nothing is removed but from the first", LAYERS,
             "test_gc_removes_nothing_from_other_layers"),
        kind("promotion of what is damaged; interrupted; name taken", "refused; goes on; what is there stays", LAYERS,
             "test_only_what_is_made_and_whole_is_promoted", "test_a_promotion_that_was_interrupted_goes_on"),
    ),
}  # fmt: skip
