using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server.Tests.Harness;
using TPacket.Sqlite.Tests.Harness;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>Bans and mutes after a restart.</summary>
public sealed class ModerationRestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bans_and_mutes_hold_after_a_restart_until_their_end()
    {
        await using (var server = await StartAsync())
        {
            await using var mod = await server.SignInAsync("mod");
            Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Ban, "alice")).Command);
            Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Ban, "carol", 3600)).Command);
            Assert.Equal(Wire.RespOk, (await mod.ReplyAsync(Wire.Mute, "bob", 7200)).Command);
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var next = await StartAsync();
        await using var client = await next.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorBanned, (await client.ReplyAsync(Wire.SetUserNick, "Alice")).P1);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "carol")).Command);
        await using var bob = await next.SignInAsync("bob");
        await bob.JoinAsync("room");
        Assert.Equal(Wire.ErrorMuted, (await bob.ReplyAsync(Wire.NewMsg, "hello")).P1);
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        _folder.File, _time, build: static server => server.AddModeration(static options => options.IsModerator = static user => user.Nick == "mod"));
}
