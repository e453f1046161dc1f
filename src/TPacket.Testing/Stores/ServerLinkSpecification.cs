using System.Collections.Concurrent;
using System.Text;
using TPacket.Server;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

/// <summary>
/// The contract of <see cref="IServerLink"/> as xunit tests. The author of a store derives a class and overrides
/// <see cref="CreateAsync"/> and <see cref="EndAsync"/>. xunit creates an instance for each test; each test ends its servers.
/// </summary>
public abstract class ServerLinkSpecification : IAsyncLifetime
{
    private readonly List<IServerLink> _links = [];

    /// <summary>Creates the link of another server. All servers of a test share their data. The link has no <see cref="IServerLink.Answer"/> yet.</summary>
    /// <returns>The link of a running server.</returns>
    protected abstract ValueTask<IServerLink> CreateAsync();

    /// <summary>Ends the server of a link. The tests call the method once for each link.</summary>
    /// <param name="link">A link that <see cref="CreateAsync"/> has returned.</param>
    protected abstract ValueTask EndAsync(IServerLink link);

    /// <summary>The longest wait for answers. Default: 20 s.</summary>
    protected virtual TimeSpan Deadline => TimeSpan.FromSeconds(20);

    /// <summary>Called by xunit before each test.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Called by xunit after each test: ends the servers. An override must call the base method.</summary>
    public virtual async Task DisposeAsync()
    {
        foreach (var link in _links)
            await EndAsync(link);
        _links.Clear();
    }

    [Fact]
    public async Task A_server_without_others_gets_no_answer()
    {
        var alone = await ServeAsync("alone");

        Assert.Empty(await AskAsync(alone, "anybody?"));
    }

    [Fact]
    public async Task Each_other_server_answers_once_and_the_asking_one_does_not_answer_itself()
    {
        var first = await ServeAsync("first");
        var second = await ServeAsync("second");
        var third = await ServeAsync("third");

        Assert.Equal(["second: who?", "third: who?"], (await AskAsync(first, "who?")).Order(StringComparer.Ordinal));
        Assert.Equal(["first: who?", "third: who?"], (await AskAsync(second, "who?")).Order(StringComparer.Ordinal));
        Assert.Equal(["first: who?", "second: who?"], (await AskAsync(third, "who?")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_empty_answer_is_an_answer()
    {
        var first = await ServeAsync("first");
        var second = await CreateLinkAsync();
        second.Answer = static _ => default;

        Assert.Equal([""], await AskAsync(first, "nothing?"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    public async Task Questions_and_answers_arrive_byte_for_byte(int length)
    {
        var first = await ServeAsync("first");
        var second = await CreateLinkAsync();
        second.Answer = static question => question.ToArray();
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i * 7);

        using var deadline = new CancellationTokenSource(Deadline);
        List<byte[]> answers = [];
        await foreach (var answer in first.AskAsync(bytes, deadline.Token))
            answers.Add(answer.ToArray());

        Assert.Equal(bytes, Assert.Single(answers));
    }

    [Fact]
    public async Task Questions_that_are_asked_one_after_the_other_arrive_in_that_order_without_a_wait_for_answers()
    {
        const int count = 200;
        var first = await ServeAsync("first");
        var second = await CreateLinkAsync();
        var received = new ConcurrentQueue<string>();
        second.Answer = question =>
        {
            received.Enqueue(Encoding.UTF8.GetString(question.Span));
            return default;
        };

        // Each call returns its task before the next call.
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => AskAsync(first, $"{i}")));

        Assert.Equal(Enumerable.Range(0, count).Select(static i => $"{i}"), received);
    }

    [Fact]
    public async Task Answers_come_to_their_questions_however_many_servers_ask_at_once()
    {
        IServerLink[] links = [await ServeAsync("0"), await ServeAsync("1"), await ServeAsync("2")];

        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(i => Task.Run(async () => (Asker: i % 3, Question: $"{i}", Answers: await AskAsync(links[i % 3], $"{i}")))));

        Assert.All(answers, static asked => Assert.Equal(
            Enumerable.Range(0, 3).Where(server => server != asked.Asker).Select(server => $"{server}: {asked.Question}"),
            asked.Answers.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_has_ended_is_not_waited_for()
    {
        var first = await ServeAsync("first");
        var second = await ServeAsync("second");
        await ServeAsync("third");
        Assert.Equal(2, (await AskAsync(first, "before")).Count);
        _links.Remove(second);

        await EndAsync(second);

        Assert.Equal(["third: after"], await AskAsync(first, "after"));
    }

    [Fact]
    public async Task A_server_that_has_come_later_is_asked()
    {
        var first = await ServeAsync("first");
        Assert.Empty(await AskAsync(first, "before"));
        var second = await ServeAsync("second");

        Assert.Equal(["second: after"], await AskAsync(first, "after"));
        Assert.Equal(["first: back"], await AskAsync(second, "back"));
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_ends_and_the_link_continues()
    {
        var first = await ServeAsync("first");
        var second = await CreateLinkAsync();
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var answers = new SemaphoreSlim(0);
        second.Answer = question =>
        {
            if (question.Span.SequenceEqual("wait"u8))
            {
                isAsked.TrySetResult();
                answers.Wait(Deadline);
            }

            return question.ToArray();
        };

        using var cancellation = new CancellationTokenSource(Deadline);
        var asking = CountAsync(first.AskAsync("wait"u8.ToArray(), cancellation.Token));
        await isAsked.Task.WaitAsync(Deadline, TimeProvider.System);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        answers.Release();

        Assert.Equal(["go on"], await AskAsync(first, "go on"));
    }

    private async ValueTask<IServerLink> CreateLinkAsync()
    {
        var link = await CreateAsync();
        _links.Add(link);
        return link;
    }

    /// <summary>Creates a server that prefixes its answers with its name.</summary>
    private async ValueTask<IServerLink> ServeAsync(string name)
    {
        var link = await CreateLinkAsync();
        link.Answer = question => Encoding.UTF8.GetBytes($"{name}: {Encoding.UTF8.GetString(question.Span)}");
        return link;
    }

    private async Task<List<string>> AskAsync(IServerLink link, string question)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        List<string> answers = [];
        await foreach (var answer in link.AskAsync(Encoding.UTF8.GetBytes(question), deadline.Token))
            answers.Add(Encoding.UTF8.GetString(answer.Span));
        return answers;
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> answers)
    {
        var count = 0;
        await foreach (var _ in answers)
            count++;
        return count;
    }
}
