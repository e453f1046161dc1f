using System.Reflection;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The specification fails for a store of sessions that breaks a rule, in the tests of that rule.</summary>
[Trait("Speed", "Slow")]
public class BrokenSessionStoreTests(ITestOutputHelper output)
{
    /// <summary>For each rule, parts of the names of the tests that fail without it. Every other test passes. The last row breaks none.</summary>
    public static TheoryData<SessionRule?, string[]> Rules => new()
    {
        { SessionRule.TokensAreNeeded, ["of_no_session"] },
        { SessionRule.GenerationsRise, ["raises_its_generation"] },
        { SessionRule.TokensRetire, ["until_the_next_one"] },
        { SessionRule.TokensLastUntilThen, ["until_the_next_one"] },
        { SessionRule.NextTokensAreReplaced, ["that_was_replaced"] },
        { SessionRule.RetiredTokensAreFree, ["retired_token_may"] },
        { SessionRule.PrincipalsAreLookedAt, ["Another_principal"] },
        { SessionRule.GracesAreTaken, ["another_grace"] },
        { SessionRule.UpdatesAreKept, ["updated_last"] },
        { SessionRule.UpdatesAreFenced, ["earlier_generation"] },
        { SessionRule.EndsAreFenced, ["earlier_generation"] },
        { SessionRule.EndedSessionsAreGone, ["has_ended"] },
        { SessionRule.TokensAreUnique, ["No_two_sessions"] },
        { SessionRule.NextTokensAreUnique, ["No_two_sessions"] },
        { SessionRule.ResumptionsAreOneStep, ["Of_many_resumptions"] },
        { SessionRule.SessionsAreKept, ["next_server", "nobodys_absence"] },
        { SessionRule.EverybodyIsAway, ["next_server"] },
        { SessionRule.AbsenceIsCounted, ["nobodys_absence"] },
        { SessionRule.OnlyAbsenceIsCounted, ["nobodys_absence"] },
        { null, [] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_broken_rule_fails_its_own_tests(SessionRule? rule, string[] failing)
    {
        var failed = new List<string>();
        foreach (var test in typeof(SessionStoreSpecification).GetMethods().Where(static method => method.GetCustomAttribute<FactAttribute>() is not null))
        {
            var specification = new Specification(rule);
            try
            {
                await (Task)test.Invoke(specification, null)!;
            }
            catch (Exception e)
            {
                failed.Add(test.Name);
                output.WriteLine($"{test.Name}: {e.Message.Split('\n')[0]}");
            }

            await specification.DisposeAsync();
        }

        if (rule is null)
            Assert.Empty(failed);
        Assert.All(failing, part => Assert.Contains(failed, name => name.Contains(part, StringComparison.Ordinal)));
    }

    private sealed class Specification(SessionRule? broken) : SessionStoreSpecification
    {
        private readonly BrokenSessionStore.Clock _clock = new();

        protected override bool KeepsSessions => true;

        protected override ValueTask<ISessionStore> CreateAsync() => new(new BrokenSessionStore(broken, _clock));

        protected override ValueTask<ISessionStore> ReopenAsync(ISessionStore store, TimeSpan pause) => new(((BrokenSessionStore)store).Reopen(pause));

        protected override ValueTask PassAsync(ISessionStore store, TimeSpan time)
        {
            _clock.Now += (long)time.TotalMilliseconds;
            return default;
        }
    }
}
