using System.Text.Json;

namespace TPacket.Allocations.Tests;

/// <summary>Compares the allocated bytes of each benchmark with benchmarks/allocations.json.</summary>
public class BudgetTests
{
    private const int Operations = 200;
    private const int Rounds = 3;

    private static readonly Dictionary<string, long> _budgets = ReadBudgets();

    public static TheoryData<string> Benchmarks => [.. Operation.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void A_benchmark_allocates_exactly_its_budget(string benchmark)
    {
        var run = Operation.All[benchmark].Prepare();
        Repeat(run);

        var least = Enumerable.Range(0, Rounds).Min(_ => AllocatedBy(run));

        var perOperation = (least + Operations - 1) / Operations;
        Assert.True(_budgets.TryGetValue(benchmark, out var budget), $"{benchmark} has no budget in benchmarks/allocations.json. It allocates {perOperation} bytes.");
        Assert.True(budget == perOperation, $"{benchmark} allocates {perOperation} bytes. Its budget in benchmarks/allocations.json is {budget}.");
    }

    [Fact]
    public void Every_budget_is_a_benchmarks() => Assert.Empty(_budgets.Keys.Except(Operation.All.Keys));

    /// <summary>Returns the bytes that a round allocates. A round may also fill a pool; the minimum over all rounds is the steady state.</summary>
    private static long AllocatedBy(Action run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(run);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Repeat(Action run)
    {
        for (var i = 0; i < Operations; i++)
            run();
    }

    private static Dictionary<string, long> ReadBudgets()
    {
        using var budgets = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "allocations.json")), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return budgets.RootElement.EnumerateObject().ToDictionary(static budget => budget.Name, static budget => budget.Value.GetInt64());
    }
}
