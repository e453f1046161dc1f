using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions.SignIn;

/// <summary>The magic string and the nick (docs/protocol.md, Engagement).</summary>
public class SignInTests
{
    [Theory]
    [InlineData("x\uFFFE")]
    [InlineData("\uFFFFx")]
    public async Task A_nick_with_a_noncharacter_is_refused_before_any_policy_is_asked(string nick)
    {
        await using var server = await TestServer.StartAsync(build: b => b.UseNickPolicy<NormalizingNickPolicy>());
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        var refused = await client.ReplyAsync(Wire.SetUserNick, nick);
        Assert.Equal((Wire.RespError, Wire.ErrorNickInvalid), (refused.Command, refused.P1));
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "alice")).Command);
        Assert.DoesNotContain(server.Logs.All, static e => e.Error is not null);
    }

    [Theory]
    [InlineData(Wire.Nop, "magic string :(")]
    [InlineData(Wire.Nop, "magic string :) ")]
    [InlineData(Wire.Nop, "")]
    [InlineData(Wire.SetUserNick, Wire.MagicString)]
    [InlineData(Wire.Unknown, Wire.MagicString)]
    public async Task A_first_packet_other_than_the_magic_string_closes_with_1008(int command, string text)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(command, text);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task The_host_chooses_the_magic_string()
    {
        await using var server = await TestServer.StartAsync(o => o.MagicString = "sesame ✓");
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, "sesame ✓");
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "ali")).Command);
        await using var old = await server.ConnectAsync();
        await old.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await old.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData(" alice", Wire.ErrorNickInvalid)]
    [InlineData("alice\t", Wire.ErrorNickInvalid)]
    [InlineData("", Wire.ErrorNickInvalid)]
    [InlineData("al\nice", Wire.ErrorNickInvalid)]
    [InlineData("al\0ice", Wire.ErrorNickInvalid)]
    [InlineData("al\u202Eice", Wire.ErrorNickInvalid)]
    [InlineData("x\uFFFE", Wire.ErrorNickInvalid)]
    [InlineData("x\uFFFF", Wire.ErrorNickInvalid)]
    [InlineData("\uFE0F", Wire.ErrorNickInvalid)]
    [InlineData("\u3164", Wire.ErrorNickInvalid)]
    [InlineData("taken\uFE0F", Wire.ErrorNickTaken)]
    [InlineData("t\u0430ken", Wire.ErrorNickTaken)] // A Cyrillic a.
    [InlineData("0123456789012345678901234567890123456789012345678", Wire.ErrorNickTooLong)]
    [InlineData("üüüüüüüüüüüüüüüüüüüüüüüüü", Wire.ErrorNickTooLong)]
    [InlineData("taken", Wire.ErrorNickTaken)]
    [InlineData("TAKEN", Wire.ErrorNickTaken)]
    [InlineData("ｔａｋｅｎ", Wire.ErrorNickTaken)]
    public async Task A_client_can_send_another_nick_after_a_refused_one(string nick, int error)
    {
        await using var server = await TestServer.StartAsync();
        await using var holder = await server.SignInAsync("taken");
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        var refused = await client.ReplyAsync(Wire.SetUserNick, nick);
        Assert.Equal((Wire.RespError, error), (refused.Command, refused.P1));
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "other")).Command);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetRoom, "room")).Command);
        Assert.Equal("other", (await client.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData("Zoë", "zoe\u0308")]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφος")]
    [InlineData("ﬁsh", "FISH")]
    [InlineData("Straße", "STRAßE")]
    [InlineData("Ω", "\u2126")]
    public async Task Nicks_that_differ_only_in_case_or_normalization_are_the_same(string first, string second)
    {
        await using var server = await TestServer.StartAsync();
        await using var holder = await server.SignInAsync(first);
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await client.ReplyAsync(Wire.SetUserNick, second)).P1);
    }

    [Fact]
    public async Task The_host_chooses_whether_nicks_that_look_alike_are_accepted()
    {
        foreach (var (setting, across, within) in new[] { (NickLookAlikes.Accept, true, true), (NickLookAlikes.RefuseAcrossScripts, false, true), (NickLookAlikes.Refuse, false, false) })
        {
            await using var server = await TestServer.StartAsync(o => o.NickLookAlikes = setting);
            await using var holder = await server.SignInAsync("bobl");
            foreach (var (nick, accepted) in new[] { ("b\u043Ebl", across), ("bob1", within) })
            {
                await using var client = await server.ConnectAsync();
                await client.SendAsync(Wire.Nop, Wire.MagicString);
                Assert.Equal(accepted ? Wire.RespOk : Wire.RespError, (await client.ReplyAsync(Wire.SetUserNick, nick)).Command);
            }
        }
    }

    [Fact]
    public async Task A_nick_of_exactly_the_limit_is_accepted()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.SignInAsync(new string('ü', 24));
    }

    [Fact]
    public async Task A_nick_that_is_not_UTF8_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNotUtf8, (await client.ReplyAsync(Wire.SetUserNick, [0x61, 0xC3])).P1);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "a")).Command);
    }

    [Theory]
    [InlineData(Wire.SetRoom)]
    [InlineData(Wire.NewMsg)]
    [InlineData(Wire.RespOk)]
    [InlineData(Wire.AcceptCommands)]
    [InlineData(Wire.Unknown)]
    public async Task Packets_before_the_nick_are_refused_and_nothing_changes(int command)
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        var refused = await client.ReplyAsync(command, "room", 256, 300);
        Assert.Equal((Wire.RespError, Wire.ErrorNickRequired), (refused.Command, refused.P1));
        await client.SendAsync(Wire.Nop, "ignored");
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "nick")).Command);
        Assert.Equal(Wire.ErrorNotInRoom, (await client.ReplyAsync(Wire.NewMsg, "hello")).P1);
    }

    [Fact]
    public async Task A_second_nick_is_refused_and_nothing_changes()
    {
        await using var server = await TestServer.StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(Wire.ErrorNickChangeNotAllowed, (await alice.ReplyAsync(Wire.SetUserNick, "alicia")).P1);
        await using var bob = await server.SignInAsync("bob");
        Assert.Contains(await bob.JoinAsync("room"), p => p.Command == Wire.NewUser && p.Text == "alice");
        await using var alicia = await server.SignInAsync("alicia");
    }

    [Fact]
    public async Task An_allowed_change_of_nick_is_announced_before_the_old_one_is_free()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        Assert.Equal(Wire.NewUser, (await alice.ReceiveAsync()).Command);

        var uid = await alice.SendAsync(Wire.SetUserNick, "alicia");
        Packet[] change = [new(-1, Wire.DelUser, "alice", alice.Id), new(-1, Wire.NewUser, "alicia", alice.Id)];
        Assert.Equal([.. change, new Packet(uid, Wire.RespOk, "")], (IEnumerable<Packet>)await alice.ReceiveAsync(count: 3));
        Assert.Equal(change, (IEnumerable<Packet>)await bob.ReceiveAsync(count: 2));

        await using var heir = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorNickTaken, (await heir.ReplyAsync(Wire.SetUserNick, "ALICIA")).P1);
        var roster = await heir.JoinAsync("room");
        Assert.Equal(["alice", "alicia", "bob"], roster.Where(p => p.Command == Wire.NewUser).Select(p => p.Text).Order());
        await alice.SendAsync(Wire.NewMsg, "still me");
        Assert.Equal(new Packet(-1, Wire.NewMsg, "still me", alice.Id), await heir.ReceiveAsync());
    }

    [Fact]
    public async Task A_nick_policy_can_use_rooms_and_users()
    {
        await using var server = await TestServer.StartAsync(build: static b => b.UseNickPolicy<LookingPolicy>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var other = await server.ConnectAsync();
        await other.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "alice")).P1);
    }

    [Fact]
    public async Task An_old_nick_is_not_free_before_its_change_was_announced()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowNickChange = true, b => b.UseRoomStore<FlakyStore>());
        var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var heir = await server.ConnectAsync();
        await heir.SendAsync(Wire.Nop, Wire.MagicString);

        // The store delays the change, and with it the announcement and the release of the old nick.
        var goOn = new TaskCompletionSource();
        store.AppendGate = goOn.Task;
        await alice.SendAsync(Wire.SetUserNick, "alicia");
        await store.Appends.FirstAsync(kind => kind == RoomEventKind.Renamed);
        Assert.Equal(Wire.ErrorNickTaken, (await heir.ReplyAsync(Wire.SetUserNick, "alice")).P1);
        goOn.SetResult();
        Assert.Equal(Wire.DelUser, (await alice.ReceiveAsync()).Command);
        Assert.Equal(Wire.NewUser, (await alice.ReceiveAsync()).Command);
        Assert.Equal(Wire.RespOk, (await alice.ReceiveAsync()).Command);
        Assert.Equal(Wire.RespOk, (await heir.ReplyAsync(Wire.SetUserNick, "alice")).Command);
    }

    [Fact]
    public async Task A_user_can_change_the_spelling_of_its_nick_and_change_its_nick_outside_of_rooms()
    {
        await using var server = await TestServer.StartAsync(o => o.AllowNickChange = true);
        await using var client = await server.SignInAsync("alice");
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "Alice")).Command);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "Alice")).Command);
        await using var other = await server.SignInAsync("other");
        Assert.Equal(Wire.ErrorNickTaken, (await other.ReplyAsync(Wire.SetUserNick, "ALICE")).P1);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "somebody else")).Command);
        Assert.Equal(Wire.RespOk, (await other.ReplyAsync(Wire.SetUserNick, "ALICE")).Command);
    }

    [Fact]
    public async Task A_nick_is_free_again_after_its_user_has_disconnected()
    {
        await using var server = await TestServer.StartAsync();
        await using (var first = await server.SignInAsync("alice"))
            await first.CloseAsync();
        await server.EndedAsync();
        await using var second = await server.SignInAsync("alice");
        await second.JoinAsync("room");
        Assert.Equal(0x1001, second.Id);
    }

    [Fact]
    public async Task Error_texts_are_UTF8_that_old_clients_can_ignore()
    {
        await using var server = await TestServer.StartAsync();
        await using var client = await server.SignInAsync("alice");
        var error = await client.ReplyAsync(Wire.NewMsg, "x");
        Assert.InRange(error.Data.Length, 1, 255);
        Assert.Equal(error.Data, Encoding.UTF8.GetBytes(error.Text));
    }

    private sealed class NormalizingNickPolicy : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) =>
            new(nick.Normalize(System.Text.NormalizationForm.FormKC).Length > 0 ? NickDecision.Accepted : NickDecision.Refuse(Protocol.PacketErrorCode.NickInvalid, "empty"));

        public ValueTask ReleaseAsync(string nick, IUser user) => default;
    }

    /// <summary>A policy that refuses a nick of a room's member.</summary>
    private sealed class LookingPolicy(IRoomDirectory rooms, IUserDirectory users) : INickPolicy
    {
        public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => new(
            rooms.Rooms.Any(room => room.Members.Any(member => member.Nick == nick)) || users.Users.Any(other => other.Nick == nick)
                ? NickDecision.Refuse(TPacket.Protocol.PacketErrorCode.NickTaken, "Somebody has it.")
                : NickDecision.Accepted);

        public ValueTask ReleaseAsync(string nick, IUser user) => default;
    }
}
