using System.Reflection;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The specification fails for a store of user ids that breaks a rule, in the tests of that rule alone.</summary>
[Trait("Speed", "Slow")]
public class BrokenUserIdStoreTests(ITestOutputHelper output)
{
    /// <summary>For each rule, parts of the names of the tests that fail without it. Every other test passes. The last row breaks none.</summary>
    public static TheoryData<UserIdRule?, string[]> Rules => new()
    {
        { UserIdRule.IdsBeginWithTheFirst, ["first_id"] },
        { UserIdRule.BlocksAreWhole, ["as_many_ids"] },
        { UserIdRule.IdsAreUnique, ["however_many", "two_stores"] },
        { UserIdRule.IdsAreUniqueInTheirPlace, ["two_stores"] },
        { UserIdRule.IdsAreKept, ["next_server"] },
        { UserIdRule.IdsBeginAgain, ["begin_again"] },
        { UserIdRule.IdsBeginAgainAtTheFirst, ["begin_again"] },
        { null, [] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_broken_rule_fails_its_own_tests_and_no_others(UserIdRule? rule, string[] failing)
    {
        var failed = new List<string>();
        foreach (var test in typeof(UserIdStoreSpecification).GetMethods().Where(static method => method.GetCustomAttribute<FactAttribute>() is not null))
        {
            object?[]?[] rows = test.GetParameters().Length == 0 ? [null] : [.. test.GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(test))];
            foreach (var row in rows)
            {
                var specification = new Specification(rule);
                try
                {
                    await (Task)test.Invoke(specification, row)!;
                }
                catch (Exception e)
                {
                    failed.Add(test.Name);
                    output.WriteLine($"{test.Name}: {e.Message.Split('\n')[0]}");
                }

                await specification.DisposeAsync();
            }
        }

        Assert.All(failed, name => Assert.Contains(failing, part => name.Contains(part, StringComparison.Ordinal)));
        Assert.All(failing, part => Assert.Contains(failed, name => name.Contains(part, StringComparison.Ordinal)));
    }

    private sealed class Specification(UserIdRule? broken) : UserIdStoreSpecification
    {
        protected override bool KeepsIds => true;

        protected override ValueTask<IUserIdStore> CreateAsync() =>
            new(new BrokenUserIdStore(new BrokenUserIdStore.Counter(broken == UserIdRule.IdsBeginWithTheFirst ? 0x2000 : IUserIdStore.FirstId), broken));

        protected override ValueTask<IUserIdStore> OpenAnotherAsync(IUserIdStore store) => OpenAsync(store, broken == UserIdRule.IdsAreUniqueInTheirPlace);

        protected override ValueTask<IUserIdStore> ReopenAsync(IUserIdStore store) => OpenAsync(store, broken == UserIdRule.IdsAreKept);

        private ValueTask<IUserIdStore> OpenAsync(IUserIdStore store, bool forgets) =>
            new(new BrokenUserIdStore(forgets ? new BrokenUserIdStore.Counter() : ((BrokenUserIdStore)store).Place, broken));
    }
}
