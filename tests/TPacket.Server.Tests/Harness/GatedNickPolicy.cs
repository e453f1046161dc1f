namespace TPacket.Server.Tests.Harness;

/// <summary>The default policy with answers that wait for the test.</summary>
internal sealed class GatedNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _inner = new();

    /// <summary>A reservation completes after this.</summary>
    public Task Reserving { get; set; } = Task.CompletedTask;

    /// <summary>A release completes after this.</summary>
    public Task Releasing { get; set; } = Task.CompletedTask;

    /// <summary>The nicks that were to be released.</summary>
    public Recorder<string> Releases { get; } = new();

    /// <summary>The nicks that were asked for.</summary>
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
