using System.Reflection;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The specification fails for a link that breaks a rule, in the tests of that rule alone.</summary>
[Trait("Speed", "Slow")]
public class BrokenServerLinkTests(ITestOutputHelper output)
{
    /// <summary>For each rule, parts of the names of the tests that fail without it. Every other test passes. The last row breaks none.</summary>
    public static TheoryData<ServerLinkRule?, string[]> Rules => new()
    {
        { ServerLinkRule.AskersDoNotAnswer, ["without_others", "does_not_answer_itself", "empty_answer", "byte_for_byte", "come_to_their_questions", "has_ended", "come_later", "is_cancelled"] },
        { ServerLinkRule.EmptyAnswersCount, ["empty_answer", "byte_for_byte"] },
        { ServerLinkRule.BytesArriveWhole, ["byte_for_byte"] },
        { ServerLinkRule.QuestionsKeepTheirOrder, ["in_that_order"] },
        { ServerLinkRule.AnswersFindTheirQuestion, ["in_that_order", "come_to_their_questions", "has_ended", "come_later", "is_cancelled"] },
        { ServerLinkRule.EndedServersAreNotWaitedFor, ["has_ended"] },
        { ServerLinkRule.LaterServersAreAsked, ["does_not_answer_itself", "empty_answer", "byte_for_byte", "in_that_order", "come_to_their_questions", "has_ended", "come_later", "is_cancelled"] },
        { ServerLinkRule.CancelledWaitsEnd, ["is_cancelled"] },
        { null, [] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_broken_rule_fails_its_own_tests_and_no_others(ServerLinkRule? rule, string[] failing)
    {
        var failed = new List<string>();
        foreach (var test in typeof(ServerLinkSpecification).GetMethods().Where(static method => method.GetCustomAttribute<FactAttribute>() is not null))
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

    private sealed class Specification(ServerLinkRule? broken) : ServerLinkSpecification
    {
        private readonly BrokenServerLink.Place _place = new(broken);

        // The answer that a broken link waits for never comes.
        protected override TimeSpan Deadline => TimeSpan.FromSeconds(broken is null ? 20 : 5);

        protected override ValueTask<IServerLink> CreateAsync() => new(new BrokenServerLink(_place));

        protected override ValueTask EndAsync(IServerLink link)
        {
            ((BrokenServerLink)link).End();
            return default;
        }
    }
}
