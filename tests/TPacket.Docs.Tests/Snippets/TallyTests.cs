// begin-snippet: rules-tests
using TPacket.Testing;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: rules-tests
public class TallyTests
{
    [Fact]
    public void The_eleventh_vote_is_refused() =>
        RulesTest.For(new TallyRules())
            .Given([.. Enumerable.Repeat(new Counted(true), 9)])
            .When(new Ballot(false)).Then(new Counted(false))
            .When(new Ballot(true)).ThenRefused("Ten have voted.")
            .ThenState(new Tally(9, 1));

    [Fact]
    public void The_rules_hold_on_every_server() =>
        RulesSimulation.Of(() => new TallyRules(), (random, state) => new Ballot(random.Next(2) == 0))
            .Always(state => Assert.True(state.Yes + state.No <= 10))
            .Run(seeds: 1_000);
}
// end-snippet
