using System.Reflection;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Stores;
using TPacket.Stores.Tests.Specifications;
using Xunit.Abstractions;

namespace TPacket.Stores.Tests.Broken;

/// <summary>The specification finds a store that breaks a rule, and says which.</summary>
public class BrokenStoreTests(ITestOutputHelper output)
{
    /// <summary>
    /// For each rule, parts of the names of the tests that fail without it; one with a question mark may fail, since it depends on how threads meet. Every other test passes.
    /// With no names, more tests fail than are worth a list.
    /// </summary>
    public static TheoryData<Rule, string[]> Rules => new()
    {
        { Rule.RoomsAreToldApart, ["Rooms_are_told_apart"] },
        { Rule.DataIsCopied, ["copies_of_the_data"] },
        { Rule.EventsAreAppendedTogether, ["appended_together_none"] },
        { Rule.AfterIsChecked, ["behind_the_expected_position", "expect_the_same_position", "was_not_appended_is_not_remembered"] },
        { Rule.StreamsAreChecked, ["any_of_its_streams"] },
        { Rule.EveryStreamIsChecked, ["any_of_its_streams"] },
        { Rule.NotBeforeIsChecked, ["bound_to_the_stores_time"] },
        { Rule.NotAfterIsChecked, ["bound_to_the_stores_time"] },
        { Rule.RequestsAreRemembered, ["repeated_request", "request_id_for_other_events", "older_than_those", "out_of_order", "members_requests"] },
        { Rule.ManyRequestsAreRemembered, ["older_than_those", "members_requests"] },
        { Rule.RequestsComeBeforeConditions, ["before_its_condition"] },
        { Rule.SessionsAreFenced, ["namesake"] },
        { Rule.GenerationsAreFenced, ["older_generation"] },
        { Rule.PagesAreBounded, ["in_pages"] },
        { Rule.DisposingEndsTheSubscription, ["disposed_of"] },
        { Rule.SubscriptionsBeginWithASnapshot, ["begins_with_a_snapshot", "?among_appends", "leave_takes_the_member", "away_member", "rename_shows", "are_dropped_where", "copies_of_the_data", "page_or_snapshot"] },
        { Rule.FaultySubscribersAreReset, ["throws_is_reset", "cannot_be_reset"] },
        { Rule.LostSubscribersHearOfIt, ["cannot_be_reset"] },
        { Rule.EventsAreDeliveredOnce, [] },
        { Rule.EventsAreNotLost, [] },
        { Rule.TimeDoesNotGoBack, [] },
        { Rule.EpochsAreChecked, ["another_epoch"] },
        { Rule.ChecksAreChecked, ["another_epoch", "is_gone_and_the_position"] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_broken_rule_fails_its_own_tests_and_no_others(Rule rule, string[] failing)
    {
        var failed = new List<string>();
        // Ten thousand rooms show no rule that the others do not.
        foreach (var test in typeof(RoomStoreSpecification).GetMethods().Where(method =>
            method.GetCustomAttribute<FactAttribute>() is not null && method.Name != nameof(RoomStoreSpecification.Ten_thousand_rooms_can_be_opened_and_closed)))
        {
            try
            {
                await (Task)test.Invoke(new Specification(rule), null)!;
            }
            catch (Exception e)
            {
                failed.Add(test.Name);
                output.WriteLine($"{test.Name}: {e.Message.Split('\n')[0]}");
            }
        }

        Assert.NotEmpty(failed);
        if (failing.Length == 0)
            return;
        Assert.All(failed, name => Assert.Contains(failing, part => name.Contains(part.TrimStart('?'), StringComparison.Ordinal)));
        Assert.All(failing.Where(part => !part.StartsWith('?')), part => Assert.Contains(failed, name => name.Contains(part, StringComparison.Ordinal)));
    }

    private sealed class Specification(Rule broken) : RoomStoreSpecification
    {
        protected override int? HistoryMessages => 100;

        protected override IRoomStore CreateStore() => new BrokenStore(new InMemoryRoomStore(Options.Create(new TPacketServerOptions()), Time), broken);
    }
}
