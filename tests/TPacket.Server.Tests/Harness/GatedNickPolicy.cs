namespace TPacket.Server.Tests.Harness;

/// <summary>The default policy. Its decisions wait for the test.</summary>
internal sealed class GatedNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _inner = new();

    /// <summary>The task that reservations wait for.</summary>
    public Task Reserving { get; set; } = Task.CompletedTask;

    /// <summary>The task that releases wait for.</summary>
    public Task Releasing { get; set; } = Task.CompletedTask;

    /// <summary>The nicks of the calls that release.</summary>
    public Recorder<string> Releases { get; } = new();

    /// <summary>The nicks of the calls that reserve.</summary>
    public Recorder<string> Reservations { get; } = new();

    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        var reserving = Reserving;
        Reservations.Add(nick);
        await reserving;
        return await _inner.ReserveAsync(nick, user);
    }

    public async ValueTask ReleaseAsync(string nick, IUser user)
    {
        var releasing = Releasing;
        Releases.Add(nick);
        await releasing;
        await _inner.ReleaseAsync(nick, user);
    }
}
