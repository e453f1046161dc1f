using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Cluster;

/// <summary>Answers queries from this server, and queries the other servers over the link.</summary>
/// <param name="answers">The answers of this server.</param>
/// <param name="link">The link to the other servers; null if the store is not shared.</param>
/// <param name="timeProvider">The clock of the deadline.</param>
/// <param name="options">Has the deadline of the answers.</param>
internal sealed class ServerCluster(ServerAnswers answers, IServerLink? link, TimeProvider timeProvider, IOptions<TPacketServerOptions> options) : ICluster
{
    private const int MostRooms = 10_000;

    /// <summary>Begins to answer the questions of other servers.</summary>
    public void Start()
    {
        if (link is not null)
            link.Answer = Answer;
    }

    /// <inheritdoc/>
    public ValueTask<ClusterUser?> FindUserAsync(int id, CancellationToken cancellationToken) =>
        FindAsync(new ClusterQuestion(ClusterQuestionKind.FindById) { Id = id }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClusterUser?> FindUserAsync(string nick, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(nick);
        return FindAsync(new ClusterQuestion(ClusterQuestionKind.FindByNick) { Text = nick }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(int userId, int command, int p1, int p2, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var question = new ClusterQuestion(ClusterQuestionKind.Send) { Id = userId, Command = command, P1 = p1, P2 = p2, Data = data };
        if (answers.Answer(question).IsDone)
            return true;
        await foreach (var answer in AskAsync(question, cancellationToken).ConfigureAwait(false))
        {
            if (answer.IsDone)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DisconnectAsync(int userId, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var question = new ClusterQuestion(ClusterQuestionKind.Disconnect) { Id = userId, Text = reason };
        // A user that has just moved may still be here while its session is on another server.
        var isDone = answers.Answer(question).IsDone;
        await foreach (var answer in AskAsync(question, cancellationToken).ConfigureAwait(false))
            isDone |= answer.IsDone;
        return isDone;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClusterRoom>> ReadRoomsAsync(string? after, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRooms, MostRooms);
        var question = new ClusterQuestion(ClusterQuestionKind.Rooms) { Text = after, MaxRooms = maxRooms };
        var pages = new SortedDictionary<string, ClusterRoom>(StringComparer.Ordinal);
        Add(answers.Answer(question));
        await foreach (var answer in AskAsync(question, cancellationToken).ConfigureAwait(false))
            Add(answer);
        return [.. pages.Values.Take(maxRooms)];

        void Add(ClusterAnswer answer)
        {
            // Each server that has the room open counts the members of all servers. One server may lag an event behind another.
            foreach (var room in answer.Rooms ?? [])
                pages[room.Name] = pages.TryGetValue(room.Name, out var other) && other.MemberCount > room.MemberCount ? other : room;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterCounts> CountAsync(CancellationToken cancellationToken)
    {
        var question = new ClusterQuestion(ClusterQuestionKind.Count);
        var counts = answers.Answer(question).Counts!;
        await foreach (var answer in AskAsync(question, cancellationToken).ConfigureAwait(false))
        {
            if (answer.Counts is { } others)
                counts = new ClusterCounts(counts.Servers + others.Servers, counts.Users + others.Users, counts.Rooms + others.Rooms);
        }

        return counts;
    }

    /// <summary>Disconnects users of other servers whose principal signs in here with the same nick. The other servers answer before the users have left.</summary>
    /// <returns>True if another server has such a user.</returns>
    /// <exception cref="RoomStoreException">The store failed, or another server did not answer in time.</exception>
    public async ValueTask<bool> TakeOverNickAsync(string nick, SecretHash principal)
    {
        var hash = new byte[SecretHash.Size];
        principal.Write(hash);
        var isDone = false;
        await foreach (var answer in AskAsync(new ClusterQuestion(ClusterQuestionKind.TakeOverNick) { Text = nick, Data = hash }, CancellationToken.None).ConfigureAwait(false))
            isDone |= answer.IsDone;
        return isDone;
    }

    private async ValueTask<ClusterUser?> FindAsync(ClusterQuestion question, CancellationToken cancellationToken)
    {
        if (answers.Answer(question).User is { } here)
            return here;
        await foreach (var answer in AskAsync(question, cancellationToken).ConfigureAwait(false))
        {
            if (answer.User is { } there)
                return there;
        }

        return null;
    }

    private ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> question)
    {
        try
        {
            return JsonSerializer.Deserialize(question.Span, ClusterJson.Default.ClusterQuestion) is { } known
                ? JsonSerializer.SerializeToUtf8Bytes(answers.Answer(known), ClusterJson.Default.ClusterAnswer)
                : default(ReadOnlyMemory<byte>);
        }
        catch (JsonException)
        {
            // The question is of a newer version.
            return default;
        }
    }

    /// <summary>Sends a question to the other servers, and returns their answers. The deadline is <see cref="TPacketServerOptions.StoreTimeout"/>.</summary>
    public async IAsyncEnumerable<ClusterAnswer> AskAsync(ClusterQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (link is null)
            yield break;
        using var deadline = new CancellationTokenSource(options.Value.StoreTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var asked = link.AskAsync(JsonSerializer.SerializeToUtf8Bytes(question, ClusterJson.Default.ClusterQuestion), either.Token).GetAsyncEnumerator(either.Token);
        await using var _ = asked.ConfigureAwait(false);
        while (true)
        {
            ClusterAnswer answer;
            try
            {
                if (!await asked.MoveNextAsync().ConfigureAwait(false))
                    yield break;
                answer = asked.Current.IsEmpty ? ClusterAnswer.None : JsonSerializer.Deserialize(asked.Current.Span, ClusterJson.Default.ClusterAnswer) ?? ClusterAnswer.None;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                throw e as RoomStoreException ?? new RoomStoreException(
                    deadline.IsCancellationRequested ? "Another server did not answer in time." : "The other servers cannot be reached.", isOutcomeUnknown: true, e);
            }

            yield return answer;
        }
    }
}
