using System.Reflection;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Stores.InMemory;
using Xunit.Abstractions;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The specification fails for a store that breaks a rule, in the tests of that rule alone.</summary>
[Trait("Speed", "Slow")]
public class BrokenStoreTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _shortDeadline = TimeSpan.FromMilliseconds(500);

    /// <summary>For each rule, parts of the names of the tests that must fail if a store breaks it. A test with a question mark may fail, depending on the order of threads. Every other test passes.</summary>
    public static TheoryData<Rule, string[]> Rules => new()
    {
        { Rule.RoomNamesAreCompared, ["Room_names_are_compared"] },
        // Other tests fail if the memory of an append is used again before they read.
        { Rule.DataIsCopied, ["copies_of_the_data", "?Appends_of_one_author_without_waiting"] },
        { Rule.EventsAreAppendedTogether, ["appended_together_none"] },
        { Rule.AuthorsKeepTheirOrder, ["without_waiting"] },
        { Rule.AfterIsChecked, ["behind_the_expected_position", "expect_the_same_position", "was_not_appended_is_not_remembered", "looked_at_before_the_author", "is_repeated_is_not_kept", "checkpoint_alone"] },
        { Rule.StreamsAreChecked, ["any_of_its_streams"] },
        { Rule.EveryStreamIsChecked, ["any_of_its_streams"] },
        { Rule.NotBeforeIsChecked, ["bound_to_the_stores_time"] },
        { Rule.NotAfterIsChecked, ["bound_to_the_stores_time"] },
        { Rule.MaxMembersAreChecked, ["full_room_takes_nobody", "as_many_are_let_in"] },
        { Rule.DeletionsTakeTheText, ["leaves_its_place", "Only_a_message", "with_deleted_messages"] },
        { Rule.DeletionsNeedAMessage, ["Only_a_message"] },
        { Rule.ConditionsComeBeforeAuthors, ["looked_at_before_the_author"] },
        { Rule.ConflictsAreAnswered, ["behind_the_expected_position", "expect_the_same_position", "was_not_appended_is_not_remembered", "looked_at_before_the_author", "is_repeated_is_not_kept", "checkpoint_alone"] },
        { Rule.RequestsAreRemembered, ["repeated_request", "request_of_several", "answer_was_lost", "request_id", "older_than_those", "out_of_order", "members_requests", "is_looked_up", "keeps_no_checkpoint", "copies_of_the_data", "is_repeated_is_not_kept"] },
        { Rule.ManyRequestsAreRemembered, ["older_than_those", "members_requests"] },
        { Rule.RequestsOfSeveralEventsAreRemembered, ["request_of_several", "everything_that_its_author", "whatever_its_events_are"] },
        { Rule.RequestsOutliveTheirHandle, ["answer_was_lost"] },
        { Rule.RequestsOutliveTheirNick, ["another_nick", "everything_that_its_author"] },
        { Rule.RequestsCoverEverything, ["everything_that_its_author"] },
        { Rule.RequestsComeBeforeConditions, ["before_its_condition", "is_looked_up"] },
        { Rule.RequestsComeBeforeAuthors, ["before_its_author"] },
        { Rule.SessionsAreFenced, ["namesake", "comes_again"] },
        { Rule.GenerationsAreFenced, ["older_generation"] },
        { Rule.MembersComeAgain, ["comes_again", "leave_takes_the_member"] },
        { Rule.PagesAreBounded, ["in_pages"] },
        { Rule.PagesHaveNoGap, ["is_gone_and_the_position", "without_a_gap"] },
        { Rule.DisposingEndsTheSubscription, ["disposed_of", "not_kept_is_forgotten", "Ten_thousand", "given_up", "want_to_be_woken", "newer_version", "change_of_the_roster"] },
        { Rule.ClosedRoomsAreLetGo, ["Ten_thousand"] },
        { Rule.SubscriptionsBeginWithASnapshot, ["begins_with_a_snapshot", "?among_appends", "one_position", "leave_takes_the_member", "away_member", "rename_shows", "are_dropped_where", "copies_of_the_data", "page_or_snapshot", "leaves_its_place"] },
        { Rule.SnapshotsComeFirst, ["before_the_room_is_open"] },
        { Rule.SnapshotsAreOfTheirPosition, ["one_position"] },
        { Rule.FaultySubscribersAreReset, ["throws_is_reset", "cannot_be_reset"] },
        { Rule.LostSubscribersHearOfIt, ["cannot_be_reset"] },
        { Rule.EventsAreDeliveredOnce, ["same_order"] },
        { Rule.EventsAreNotLost, ["same_order"] },
        { Rule.InterruptionsAreHealed, ["brought_up_to_date"] },
        { Rule.TimeDoesNotGoBack, ["Time_never_goes_back"] },
        { Rule.EpochsAreChecked, ["another_epoch"] },
        { Rule.ChecksAreChecked, ["another_epoch", "is_gone_and_the_position"] },
        { Rule.GivenUpOpensEnd, ["given_up"] },
        { Rule.RulesAreInSnapshots, ["has_given_the_room_its_rules", "are_kept_until_the_rules_have_finished", "checkpoint_is_kept", "is_repeated_is_not_kept", "checkpoint_alone", "state_is_kept", "copies_of_the_data", "without_subscriptions", "keeps_no_checkpoint"] },
        { Rule.RulesKeepTheirEvents, ["are_kept_until_the_rules_have_finished"] },
        { Rule.RulesReadNoMessages, ["All_events_but_messages", "are_kept_until_the_rules_have_finished"] },
        { Rule.RulesPagesAreBounded, ["All_events_but_messages"] },
        { Rule.RulesPositionsAreChecked, ["Events_of_rules_are_gone"] },
        { Rule.CheckpointsComeWithEvents, ["together_with_its_events", "is_repeated_is_not_kept", "state_is_kept", "copies_of_the_data", "without_subscriptions"] },
        { Rule.CheckpointsComeAlone, ["checkpoint_alone"] },
        { Rule.CheckpointsHaveConditions, ["checkpoint_alone"] },
        { Rule.StatesAreKept, ["state_is_kept"] },
        { Rule.RulesSleep, ["want_to_be_woken_when", "continues_without_subscriptions", "newer_version", "change_of_the_roster"] },
        { Rule.RulesSleepWithoutSubscriptions, ["want_to_be_woken_when", "continues_without_subscriptions", "newer_version", "change_of_the_roster"] },
        { Rule.WakesAreDue, ["want_to_be_woken_when"] },
        { Rule.WakesAreInOrder, ["want_to_be_woken_when"] },
        { Rule.WakesAreBounded, ["want_to_be_woken_when"] },
        { Rule.WakesEnd, ["want_nothing", "change_of_the_roster"] },
        { Rule.NewRulesAreWoken, ["of_a_newer_version_want"] },
        { Rule.RostersWakeRules, ["wakes_rules_that_read_presence", "A_newer_version_says", "Rules_and_downtimes"] },
        { Rule.RostersWakeNoOtherRules, ["wakes_no_other_rules", "has_given_the_room_its_rules"] },
        { Rule.LookupsAreAnswered, ["is_looked_up", "copies_of_the_data"] },
        { Rule.LookupsAppendNothing, ["is_looked_up", "keeps_no_checkpoint"] },
        { Rule.ContentsTellRequestsApart, ["is_looked_up", "whatever_its_events_are", "even_for_the_same_events", "copies_of_the_data"] },
        { Rule.ContentsAreCompared, ["is_looked_up", "even_for_the_same_events"] },
        { Rule.KeptRoomsGoOn, ["kept_continues_when_it_is_opened_again", "want_to_be_woken", "newer_version", "change_of_the_roster"] },
        { Rule.KeptRoomsGoOnInTheNextServer, ["continues_in_the_next", "read_on_from_in_the_next", "answered_by_the_next", "Time_does_not_go_back_in_the_next", "of_a_server_that_is_gone", "Rules_continue_in_the_next", "not_there_in_the_next"] },
        { Rule.KeptRequestsAreRemembered, ["answered_by_the_next", "Rules_continue_in_the_next"] },
        { Rule.KeptTimeDoesNotGoBack, ["Time_does_not_go_back_in_the_next"] },
        { Rule.KeptPositionsAreReadOn, ["read_on_from_in_the_next", "of_a_server_that_is_gone", "not_there_in_the_next"] },
        { Rule.MembersLeaveWithTheirServer, ["of_a_server_that_is_gone", "Rules_continue_in_the_next"] },
        { Rule.MembersLeaveOnce, ["of_a_server_that_is_gone", "Rules_continue_in_the_next"] },
        { Rule.RoomsThatAreNotKeptAreForgotten, ["not_kept_is_forgotten"] },
        { Rule.KeptRulesGoOn, ["Rules_continue_in_the_next"] },
        { Rule.KeptRulesAreWoken, ["Rules_continue_in_the_next"] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_broken_rule_fails_its_own_tests_and_no_others(Rule rule, string[] failing)
    {
        var failed = new List<string>();
        foreach (var test in typeof(RoomStoreSpecification).GetMethods().Where(static method => method.GetCustomAttribute<FactAttribute>() is not null))
        {
            var isToFail = Array.Exists(failing, part => test.Name.Contains(part.TrimStart('?'), StringComparison.Ordinal));
            RoomStoreSpecification specification = rule < Rule.KeptRoomsGoOn ? new Specification(rule, isToFail) : new KeepingSpecification(rule, isToFail);
            try
            {
                await (Task)test.Invoke(specification, null)!;
            }
            catch (Exception e)
            {
                failed.Add(test.Name);
                output.WriteLine($"{test.Name}: {e.GetType().Name} {e.Message.Split('\n')[0]}");
            }

            await specification.DisposeAsync();
        }

        Assert.All(failed, name => Assert.Contains(failing, part => name.Contains(part.TrimStart('?'), StringComparison.Ordinal)));
        Assert.All(failing.Where(static part => !part.StartsWith('?')), part => Assert.Contains(failed, name => name.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_rule_is_broken_once() => Assert.Equal(Enum.GetValues<Rule>(), Rules.Select(static row => (Rule)row[0]).Order());

    /// <summary>Returns the lateness of deliveries. A test that has to fail must check before the delivery, so it is long. The other tests wait for the delivery.</summary>
    private static TimeSpan LatenessOf(bool isToFail) => isToFail ? TimeSpan.FromMilliseconds(250) : TimeSpan.FromMilliseconds(1);

    /// <summary>A store that forgets rooms.</summary>
    /// <param name="broken">The rule that the store breaks.</param>
    /// <param name="isToFail">Whether the test has to fail. Such a test may wait for an event that never comes, so its deadline is short. The other tests have the default deadline.</param>
    private sealed class Specification(Rule broken, bool isToFail) : RoomStoreSpecification
    {
        protected override int? HistoryMessages => 100;

        protected override TimeSpan Deadline => isToFail ? _shortDeadline : base.Deadline;

        internal override int ManyRooms => 100;

        protected override ValueTask<IRoomStore> CreateAsync() => new(new BrokenStore(new InMemoryRoomStore(Options.Create(new TPacketServerOptions()), Time), broken, LatenessOf(isToFail), Time));

        protected override ValueTask InterruptAsync(IRoomStore store)
        {
            if (broken == Rule.InterruptionsAreHealed)
                ((BrokenStore)store).LostEvents = 10;
            return default;
        }
    }

    /// <summary>A store that keeps rooms.</summary>
    /// <inheritdoc cref="Specification"/>
    private sealed class KeepingSpecification(Rule broken, bool isToFail) : RoomStoreSpecification
    {
        protected override int? HistoryMessages => 100;

        protected override bool KeepsRooms => broken != Rule.RoomsThatAreNotKeptAreForgotten;

        protected override TimeSpan Deadline => isToFail ? _shortDeadline : base.Deadline;

        internal override int ManyRooms => 100;

        protected override ValueTask<IRoomStore> CreateAsync() => new(new BrokenStore(new KeepingStore(new KeepingPlace(Time)), broken, LatenessOf(isToFail), Time));

        protected override ValueTask<IRoomStore> ReopenAsync(IRoomStore store)
        {
            var place = broken == Rule.KeptRoomsGoOnInTheNextServer ? new KeepingPlace(Time) : ((KeepingStore)((BrokenStore)store).Inner).Place;
            if (broken == Rule.MembersLeaveOnce)
                place.Sweep(twice: true);
            else if (broken != Rule.MembersLeaveWithTheirServer)
                place.Sweep();
            return new ValueTask<IRoomStore>(new BrokenStore(new KeepingStore(place), broken, LatenessOf(isToFail), Time, isNextServer: true));
        }
    }
}
