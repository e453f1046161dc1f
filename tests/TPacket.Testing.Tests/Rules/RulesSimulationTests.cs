using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Testing.Tests.Rules;

/// <summary>Pure rules pass, and each kind of impure rules fails.</summary>
public sealed class RulesSimulationTests(ITestOutputHelper output)
{
    // Of 1,000 seeds, these are enough to find each fault.
    private const int SeedsToFind = 50;

    [Trait("Speed", "Slow")]
    [Fact]
    public void Pure_rules_pass_1000_seeds_with_every_kind_of_step()
    {
        var begin = TimeProvider.System.GetTimestamp();
        var report = Poll(static () => new PollRules()).Always(AssertVotesAreOptions).Run();
        output.WriteLine($"{TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F1} s: {report}");

        Assert.Equal(1_000, report.Seeds);
        Assert.All([report.Events, report.Refusals, report.Conflicts, report.Repeats, report.Fenced, report.Wakes, report.Starts, report.Checkpoints], static count => Assert.True(count > 100));
    }

    [Fact]
    public void The_digest_is_that_of_the_seeds()
    {
        var digest = Poll(static () => new PollRules()).Run(seeds: 20).Digest;

        Assert.Equal(digest, Poll(static () => new PollRules()).Run(seeds: 20).Digest);
        Assert.NotEqual(digest, Poll(static () => new PollRules()).Run(seeds: 20, firstSeed: 1).Digest);
    }

    [Fact]
    public void The_digest_of_pure_rules_is_the_same_in_every_process_and_that_of_rules_that_use_hash_codes_of_strings_is_not()
    {
        // Both digests come from another process. A change of the simulation or of the checks of the log changes both.
        const string Pure = "f13d914b558f17810b305fde87e0aca0";
        const string HashCodes = "33e6b4364431bdb664b865b2744e9a21";
        var digest = RulesSimulation.Of(static () => new Broken.HashCodeOfString(), Broken.NameRules.Draw).Run(seeds: 20).Digest;
        output.WriteLine(digest);

        Assert.Equal(Pure, Poll(static () => new PollRules()).Run(seeds: 20).Digest);
        Assert.NotEqual(HashCodes, digest);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Rules_that_read_presence_pass()
    {
        var report = RulesSimulation.Of(static () => new Audience(), PollRules.Draw).Run(seeds: 100);

        Assert.True(report.Wakes > 0);
    }

    [Fact]
    public void A_clock_in_Evolve_is_found() =>
        // The second or the third call reads another tick of the clock.
        AssertFound(static () => new Broken.ClockInEvolve(), "Evolve gives ");

    [Fact]
    public void A_clock_in_Wake_that_is_constant_for_a_day_is_found() =>
        AssertFound(static () => new Broken.ClockInWake(), "Wake decides nothing");

    [Fact]
    public void Random_numbers_in_Decide_are_found() =>
        // The second or the third call draws another number.
        AssertFound(static () => new Broken.RandomInDecide(), "Decide decides differently ");

    [Fact]
    public void The_order_of_a_hash_set_that_depends_on_removals_is_found() =>
        AssertFound(static () => new Broken.OrderOfHashSet(), Broken.NameRules.Draw, "after the previous state was written and read back");

    [Fact]
    public void A_state_that_is_changed_in_place_is_found() =>
        AssertFound(static () => new Broken.ChangesState(), Broken.NameRules.Draw, "Evolve changes the state that it was given");

    [Fact]
    public void A_static_field_that_Evolve_counts_with_is_found() =>
        AssertFound(static () => new Broken.StaticCount(), "Evolve gives two states");

    [Fact]
    public void A_field_of_the_rules_that_Decide_sets_and_Evolve_reads_is_found() =>
        AssertFound(static () => new Broken.FieldOfRules(), "another state");

    [Fact]
    public void A_static_field_that_survives_a_run_is_found() =>
        AssertFound(static () => new Broken.StaticMaximum(), "gives another run the second time");

    [Fact]
    public void A_part_of_the_state_that_is_not_written_is_found() =>
        AssertFound(static () => new Broken.HiddenState(), Broken.NameRules.Draw, "after the state was written and read back");

    [Fact]
    public void A_part_of_an_event_that_is_not_written_is_found() =>
        AssertFound(static () => new Broken.HiddenEvent(), Broken.NameRules.Draw, "after it was written and read back");

    [Fact]
    public void Rules_with_a_wake_time_that_never_moves_are_found() =>
        AssertFound(static () => new Broken.WakesForever(), "leave WakeAt where it was");

    [Fact]
    public void Rules_that_throw_are_found() =>
        AssertFound(static () => new Broken.Throws(), "has thrown");

    [Fact]
    public void An_invariant_that_does_not_hold_is_found() =>
        AssertFound(Poll(static () => new PollRules()).Always(static state => Assert.True(state.Votes.Count < 3, "Three have voted.")), "Three have voted.");

    [Fact]
    public void A_failure_has_a_short_run_and_is_reproduced_by_its_seed()
    {
        var simulation = Poll(static () => new PollRules()).Always(static state => Assert.True(state.Votes.Count < 2, "Two have voted."));

        var error = Assert.Throws<RulesSimulationException>(() => simulation.Run());
        output.WriteLine(error.Message);

        Assert.Contains($"Seed {error.Seed} fails", error.Message, StringComparison.Ordinal);
        // Two members enter, one begins a poll, and both vote.
        Assert.Contains("Shortened to 5 of 60 steps, 1 node and a network without faults", error.Message, StringComparison.Ordinal);
        Assert.Contains("alice sends", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<RulesSimulationException>(() => simulation.Run(seeds: 1, firstSeed: error.Seed)).Message);
    }

    [Fact]
    public void Numbers_out_of_range_throw()
    {
        var simulation = Poll(static () => new PollRules());

        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Nodes = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Nodes = 17);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Members = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Steps = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Run(seeds: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.Run(firstSeed: -1));
    }

    private static void AssertVotesAreOptions(PollState state) => Assert.All(state.Votes.Values, option => Assert.InRange(option, 0, state.Options - 1));

    private static RulesSimulation<PollState, PollCommand, PollEvent> Poll(Func<PollRules> create) => RulesSimulation.Of(create, PollRules.Draw);

    private void AssertFound(Func<PollRules> create, string fault) => AssertFound(Poll(create), fault);

    private void AssertFound<TState, TCommand, TEvent>(Func<RoomRules<TState, TCommand, TEvent>> create, Func<Random, TState, TCommand> draw, string fault)
        where TState : class
        where TCommand : notnull
        where TEvent : class => AssertFound(RulesSimulation.Of(create, draw), fault);

    private void AssertFound<TState, TCommand, TEvent>(RulesSimulation<TState, TCommand, TEvent> simulation, string fault)
        where TState : class
        where TCommand : notnull
        where TEvent : class
    {
        var error = Assert.Throws<RulesSimulationException>(() => simulation.Run(SeedsToFind));
        output.WriteLine(error.Message);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }
}
