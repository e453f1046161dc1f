using TPacket.Protocol;
using TPacket.Server;
using Xunit.Sdk;

namespace TPacket.Testing.Tests.Rules;

/// <summary>A test of rules passes if the rules do what it expects, and otherwise reports the difference.</summary>
public sealed class RulesTestTests
{
    private static readonly RoomMember _alice = new(7, "alice", session: 7);
    private static readonly RoomMember _bob = new(8, "bob", session: 8);

    [Fact]
    public void Events_that_follow_from_a_command_are_compared()
    {
        var test = Open().When(new Vote(1), _alice).Then(new Voted(1));

        AssertFails(() => test.Then(new Voted(0)), "Event 1 of 1 differs.", "Voted { Option = 0 }", "Voted { Option = 1 }");
        AssertFails(() => test.Then(), "Expected nothing, but the rules decide [Voted { Option = 1 }].");
        AssertFails(() => test.Then(new Voted(1), new Withdrawn()), "Expected [Voted { Option = 1 }, Withdrawn { }], but the rules decide [Voted { Option = 1 }].");
        AssertFails(() => test.ThenRefused(), "Expected that the command is refused");
    }

    [Fact]
    public void Events_that_followed_are_part_of_the_state()
    {
        Open()
            .When(new Vote(1), _alice).Then(new Voted(1))
            .When(new Vote(1), _alice).ThenNothing()
            .When(new Vote(0), _bob).Then(new Voted(0))
            .ThenState(static state => Assert.Equal([1, 0], state.Votes.Values))
            .When(new Withdraw(), _alice).Then(new Withdrawn())
            .ThenState(static state => Assert.Equal([8], state.Votes.Keys));
    }

    [Fact]
    public void A_refusal_is_compared_and_changes_nothing()
    {
        var test = Open();
        var before = test.State;
        test.When(new Vote(5), _alice).ThenRefused().ThenRefused("There is no such option.", PacketErrorCode.Refused).ThenState(before);

        AssertFails(() => test.ThenRefused("No."), "expected: No.", "actual:   There is no such option.");
        AssertFails(() => test.ThenRefused(code: PacketErrorCode.NotInRoom), "with Refused, not NotInRoom");
        AssertFails(() => test.Then(new Voted(5)), "the command is refused (Refused): There is no such option.");
    }

    [Fact]
    public void Rules_are_woken_at_their_wake_time()
    {
        var test = Open();
        var closesAt = test.Time.AddSeconds(10);
        test.ThenWakesAt(closesAt);
        AssertFails(() => test.ThenWakesAt(null), "The rules request a wake-up at");

        test.WhenWoken().Then(new Closed()).ThenWakesAt(null);

        Assert.Equal(closesAt, test.Time);
        AssertFails(() => test.WhenWoken(), "The rules request no wake-up: WakeAt returns null.");
    }

    [Fact]
    public void A_wake_time_with_a_fraction_of_a_millisecond_has_passed_when_the_rules_are_woken()
    {
        var test = RulesTest.For(new PollRules());
        var closesAt = test.Time.AddTicks(1);

        test.Given(new Asked("Tea or coffee?", 2, closesAt)).WhenWoken().Then(new Closed());

        Assert.True(test.Time >= closesAt);
    }

    [Fact]
    public void Time_passes_and_does_not_go_back()
    {
        var test = Open().After(TimeSpan.FromSeconds(11)).When(new Vote(1)).ThenRefused("The poll is closed.");

        Assert.Throws<ArgumentOutOfRangeException>(() => test.At(test.Time.AddSeconds(-1)));
    }

    [Fact]
    public void Rules_that_read_presence_receive_changes_of_the_roster()
    {
        RulesTest.For(new Audience())
            .GivenEntered(_alice).GivenEntered(_bob)
            .ThenState(static state => Assert.Equal([7, 8], state.Votes.Keys))
            .GivenAway(_alice).GivenReturned(_alice.AsReturned(1)).GivenDowntime(TimeSpan.FromHours(1)).GivenLeft(_alice)
            .ThenState(static state => Assert.Equal([8], state.Votes.Keys));
    }

    [Fact]
    public void A_state_that_differs_is_shown() =>
        AssertFails(() => RulesTest.For(new PollRules()).ThenState(PollState.Empty with { Options = 3 }), "The state differs.", "\"Options\":3", "\"Options\":0");

    [Fact]
    public void Rules_that_are_not_pure_fail() =>
        AssertFails(() => RulesTest.For(new Broken.ClockInEvolve()).When(new Ask("Tea?", 2, 10)), "Evolve gives two states for the same state and event");

    [Fact]
    public void An_event_that_loses_a_part_when_it_is_written_fails() =>
        AssertFails(() => RulesTest.For(new Broken.HiddenEvent()).When(new Broken.NameEvent("a")), "after it was written and read back");

    [Fact]
    public void A_comparison_before_any_decision_fails() => Assert.Throws<InvalidOperationException>(() => RulesTest.For(new PollRules()).ThenNothing());

    private static RulesTest<PollState, PollCommand, PollEvent> Open()
    {
        var test = RulesTest.For(new PollRules());
        return test.Given(new Asked("Tea or coffee?", 2, test.Time.AddSeconds(10)));
    }

    private static void AssertFails(Action test, params string[] texts)
    {
        var message = Assert.ThrowsAny<XunitException>(test).Message;
        Assert.All(texts, text => Assert.Contains(text, message, StringComparison.Ordinal));
    }
}
