using TPacket.Server.Stores.InMemory;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store of sessions in memory, with calls that fail, or wait before or after they take effect.</summary>
internal sealed class FlakySessionStore : ISessionStore
{
    private readonly InMemorySessionStore _inner = new();

    /// <summary>Whether other servers use the same sessions.</summary>
    public bool IsShared { get; set; }

    /// <summary>The exception that each call throws before it takes effect; null for none.</summary>
    public Exception? Error { get; set; }

    /// <summary>Returns the task that a call waits for: by "Add" and the like before it takes effect, by "Added" and the like after that.</summary>
    public Func<string, Task> Gate { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The steps of the calls, each before it waits for its gate; and "Refused" for each update or end of a session that is not there.</summary>
    public Recorder<string> Steps { get; } = new();

    /// <summary>The sessions of an earlier run.</summary>
    public List<OrphanedSession> Left { get; } = [];

    public async ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed)
    {
        foreach (var left in Left)
            await _inner.AddAsync(left.Session);
        return [.. Left];
    }

    public ValueTask<bool> AddAsync(SessionRecord session) => CallAsync("Add", "Added", () => _inner.AddAsync(session));

    public ValueTask<bool> UpdateAsync(SessionRecord session) => CallAsync("Update", "Updated", () => _inner.UpdateAsync(session));

    public ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim) => CallAsync("Resume", "Resumed", () => _inner.ResumeAsync(claim));

    public ValueTask<bool> EndAsync(long number, int generation) => CallAsync("End", "Ended", () => _inner.EndAsync(number, generation));

    private async ValueTask<T> CallAsync<T>(string before, string after, Func<ValueTask<T>> call)
    {
        if (Error is { } error)
            throw error;
        await PassAsync(before);
        var result = await call();
        if (result is false && before != "Add")
            Steps.Add("Refused");
        await PassAsync(after);
        return result;
    }

    private async ValueTask PassAsync(string step)
    {
        var gate = Gate(step);
        Steps.Add(step);
        await gate;
    }
}
