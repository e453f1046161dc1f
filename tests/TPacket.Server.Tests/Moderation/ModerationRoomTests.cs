using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Protocol;
using TPacket.Server.Moderation;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Moderation;

/// <summary>The room with the bans and mutes, and failures of its rules and its store (docs/moderation.md).</summary>
public class ModerationRoomTests
{
    [Fact]
    public async Task A_failure_and_an_invalid_command_have_different_error_codes()
    {
        await using var server = await TestServer.StartAsync(build: static builder =>
        {
            Add(builder);
            builder.Services.Insert(0, ServiceDescriptor.Singleton(new RulesRegistration(ModerationRules.Room, ModerationRules.Command, static _ => new FailingRules())));
        });
        await using var mod = await server.SignInAsync("mod");

        Assert.Equal(Wire.ErrorHandlerFailed, (await mod.ReplyAsync(Wire.Mute, "alice")).P1);

        Assert.IsType<InvalidOperationException>((await server.Logs.FirstAsync(static e => e.Id == 1203)).Error);
    }

    [Fact]
    public async Task The_room_of_the_bans_is_not_listed_and_a_host_finds_it()
    {
        await using var server = await TestServer.StartAsync(build: Add);
        await using var alice = await server.JoinAsync("alice", "room");
        var cluster = server.Services.GetRequiredService<ICluster>();

        Assert.Equal("room", Assert.Single(server.Rooms.Rooms).Name);
        Assert.Equal("room", Assert.Single(await cluster.ReadRoomsAsync(null, 10)).Name);
        Assert.Equal(1, (await cluster.CountAsync()).Rooms);
        Assert.Equal(1, Assert.Single(await server.Services.GetRequiredService<IClusterAdmin>().ReadServersAsync()).Rooms);
        Assert.NotNull(server.Rooms.Find("\u0001moderation"));
    }

    [Fact]
    public async Task No_client_enters_the_room_of_the_bans()
    {
        await using var server = await TestServer.StartAsync(build: Add);
        await using var alice = await server.SignInAsync("alice");

        Assert.Equal(Wire.ErrorRoomNameInvalid, (await alice.ReplyAsync(Wire.SetRoom, "\u0001moderation")).P1);
    }

    [Fact]
    public async Task No_client_signs_in_while_the_store_cannot_read_the_bans()
    {
        await using var server = await TestServer.StartAsync(
            build: static builder => Add(builder.UseRoomStore<ClosedStore>()));
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);

        Assert.Equal(Wire.ErrorStoreFailed, (await client.ReplyAsync(Wire.SetUserNick, "alice")).P1);
    }

    [Fact]
    public void A_host_without_a_possible_moderator_does_not_start()
    {
        var builder = new ServiceCollection().AddTPacketServer();
        Assert.Throws<ArgumentException>(() => builder.AddModeration(static _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddModeration(static options => (options.Role, options.MaxEntries) = ("moderator", 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddModeration(static options => (options.Role, options.MaxReasonBytes) = ("moderator", -1)));
        builder.AddModeration(static options => options.Role = "moderator");
        Assert.Throws<InvalidOperationException>(() => builder.AddModeration(static options => options.Role = "moderator"));
    }

    private static void Add(ITPacketServerBuilder builder) => builder.AddModeration(static options => options.IsModerator = static user => user.Nick == "mod");

    private sealed class FailingRules() : RoomRules<ModerationState, ModerationChange, ModerationChange>("tpacket.moderation", version: 1, new JsonPayloadSerializer(ModerationJson.Default))
    {
        public override ModerationState Start(RulesStart start) => new(ImmutableDictionary<string, Sanction>.Empty);

        public override Decision<ModerationChange> Decide(ModerationState state, ModerationChange command, RoomMember who, DateTimeOffset time) => throw new FormatException("made to fail");

        public override ModerationState Evolve(ModerationState state, in RulesEvent<ModerationChange> happened) => state;
    }

    private sealed class ClosedStore : IRoomStore
    {
        public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken) => throw new RoomStoreException("closed", isOutcomeUnknown: false);

        public ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken) => new([]);
    }
}
