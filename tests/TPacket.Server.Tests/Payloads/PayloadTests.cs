using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TPacket.Server.Payloads;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Payloads;

/// <summary>Data of packets as a text, and as a value through a serializer.</summary>
public sealed partial class PayloadTests
{
    private const int Move = 300;
    private const int Text = 301;
    private const int Speech = 302;
    private const int Draw = 303;
    private const int Json = 304;
    private const int JsonOptions = 305;
    private const int Raw = 306;
    private const int Moved = 310;

    private static readonly JsonPayloadSerializer _json = new(PayloadJson.Default);

    [Fact]
    public async Task A_value_goes_from_a_client_through_a_handler_to_the_room_and_to_one_user()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var uid = await alice.SendAsync(Move, """{"From":"a1","To":"b2"}""");
        Assert.Equal(
            [
                new(-1, Moved, """{"From":"a1","To":"b2"}"""),
                new(-1, Moved, """{"From":"b2","To":"a1"}"""),
                new(-1, Moved, """{"From":"x","To":"y"}"""),
                new(uid, Moved, """{"From":"r","To":"s"}"""),
            ],
            await alice.FenceAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"From\":1}")]
    [InlineData("[")]
    public async Task Data_that_is_no_value_of_the_type_is_refused_and_not_logged(string data)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var refused = Assert.Single(await SendAndFenceAsync(alice, Move, Encoding.UTF8.GetBytes(data)));
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), (refused.Command, refused.P1));
        Assert.DoesNotContain(server.Logs.All, static e => e.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"$type":"line"}""")]
    public async Task Data_without_a_type_discriminator_is_refused_and_not_logged(string data)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var refused = Assert.Single(await SendAndFenceAsync(alice, Draw, Encoding.UTF8.GetBytes(data)));
        Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), (refused.Command, refused.P1));
        Assert.DoesNotContain(server.Logs.All, static e => e.Level >= LogLevel.Warning);
    }

    [Fact]
    public void The_options_of_a_serializer_decide_how_it_writes()
    {
        var json = new JsonPayloadSerializer(new JsonSerializerOptions(PayloadJson.Default.Options) { WriteIndented = true, IndentSize = 1, NewLine = "\n" });
        var written = new ArrayBufferWriter<byte>();
        json.Serialize(written, new Step("a", "b"));
        Assert.Equal("{\n \"From\": \"a\",\n \"To\": \"b\"\n}", Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Fact]
    public async Task A_text_goes_from_a_client_through_a_handler_to_the_room_and_to_one_user()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var uid = await alice.SendAsync(Text, "äöü");
        await alice.SendAsync(Speech, "äöü");
        Assert.Equal(
            [
                new(-1, Moved, "äöü by context"), new(-1, Moved, "äöü by room"), new(-1, Moved, "äöü to user"), new(uid, Moved, "äöü replied"),
                new(-1, Wire.NewMsg, "äöü said", alice.Id), new Packet(-1, Wire.NewMsg, "äöü said by room", alice.Id),
            ],
            await alice.FenceAsync());
    }

    [Fact]
    public async Task Json_needs_no_serializer_and_has_parameters()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var uid = await alice.SendAsync(Json, """{"From":"a1","To":"b2"}""");
        const string Step = """{"From":"a1","To":"b2"}""";
        Assert.Equal(
            [
                new(-1, Moved, Step, 1, 2), new(-1, Moved, Step, 3, 4), new(-1, Moved, Step, 5, 6), new(-1, Moved, Step, 7, 8), new(-1, Moved, Step, 9, 10),
                new(-1, Moved, "text", 11, 12), new(uid, Moved, Step, 13, 14), new(uid, Moved, Step, 15, 16), new(uid, Moved, "text", 17, 18),
            ],
            await alice.FenceAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"From\":null,\"To\":\"\"}")]
    public async Task Json_that_is_no_value_of_the_type_is_refused(string data)
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        foreach (var command in new[] { Json, JsonOptions })
        {
            var refused = Assert.Single(await SendAndFenceAsync(alice, command, Encoding.UTF8.GetBytes(data)));
            Assert.Equal((Wire.RespError, Wire.ErrorInvalidArgument), (refused.Command, refused.P1));
        }
    }

    [Fact]
    public async Task Text_replaces_bytes_that_are_no_text()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        Assert.Equal("a\uFFFD", Assert.Single(await SendAndFenceAsync(alice, Raw, [(byte)'a', 0xFF])).Text);
    }

    [Fact]
    public async Task A_user_of_the_cluster_receives_text_and_json()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var cluster = server.Services.GetRequiredService<ICluster>();
        Assert.True(await cluster.SendAsync(alice.Id, Moved, "text", 1, 2));
        Assert.True(await cluster.SendAsync(alice.Id, Moved, new Step("a", "b"), PayloadJson.Default.Step));
        Assert.True(await cluster.SendAsync(alice.Id, Moved, new Step("a", "b"), PayloadJson.Default.Options, p2: 3));
        Assert.True(await cluster.SendAsync(alice.Id, Moved, new Step("a", "b"), _json));
        const string Json = """{"From":"a","To":"b"}""";
        Assert.Equal([new(-1, Moved, "text", 1, 2), new(-1, Moved, Json), new(-1, Moved, Json, 0, 3), new Packet(-1, Moved, Json)], await alice.FenceAsync());
    }

    [Fact]
    public void Options_without_a_resolver_throw() =>
        Assert.Throws<NotSupportedException>(static () => JsonPayload.TypeOf<Step>(new JsonSerializerOptions()));

    [Fact]
    public async Task Data_that_is_not_text_is_refused()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var refused = Assert.Single(await SendAndFenceAsync(alice, Text, [0xFF]));
        Assert.Equal((Wire.RespError, Wire.ErrorNotUtf8), (refused.Command, refused.P1));
    }

    [Fact]
    public void A_type_that_the_context_does_not_have_throws() =>
        Assert.Throws<NotSupportedException>(static () => _json.TryDeserialize<DateTime>("{}"u8.ToArray(), out _));

    [Fact]
    public async Task Large_and_small_values_do_not_mix_up()
    {
        await using var server = await StartAsync();
        await using var alice = await JoinAsync(server, "alice");
        var room = server.Rooms.Find("room")!;
        var values = Enumerable.Range(0, 20).Select(static i => new string((char)('a' + i), i % 2 == 0 ? 3 : 40_000)).ToList();
        foreach (var value in values)
            await room.BroadcastAsync(Moved, value);
        Assert.Equal(values, (await alice.FenceAsync()).Select(static p => p.Text));
    }

    private static async Task<List<Packet>> SendAndFenceAsync(TestClient client, int command, byte[] data)
    {
        await client.SendAsync(command, data);
        return await client.FenceAsync();
    }

    private static async Task<TestClient> JoinAsync(TestServer server, string nick)
    {
        var client = await server.SignInAsync(nick);
        await client.AcceptAsync(Moved);
        await client.JoinAsync("room");
        return client;
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(build: static b => b
        .AddCommand(Move, static async context =>
        {
            if (!context.TryRead<Step>(_json, out var step))
                return;
            await context.BroadcastAsync(Moved, step, _json);
            await context.Room!.BroadcastAsync(Moved, new Step(step.To, step.From), _json);
            context.User.Send(Moved, new Step("x", "y"), _json);
            context.Reply(Moved, new Step("r", "s"), _json);
        })
        .AddCommand(Text, static async context =>
        {
            if (!context.TryReadText(out var text))
                return;
            await context.BroadcastAsync(Moved, $"{text} by context");
            await context.Room!.BroadcastAsync(Moved, $"{text} by room");
            context.User.Send(Moved, $"{text} to user");
            context.Reply(Moved, $"{text} replied");
        })
        .AddCommand(Speech, static async context =>
        {
            if (!context.TryReadText(out var text))
                return;
            await context.SayAsync($"{text} said");
            await context.Room!.SayAsync(context.User, $"{text} said by room");
        })
        .AddCommand(Json, static async context =>
        {
            if (!context.TryRead(PayloadJson.Default.Step, out var step))
                return;
            var options = PayloadJson.Default.Options;
            await context.BroadcastAsync(Moved, step, PayloadJson.Default.Step, 1, 2);
            await context.Room!.BroadcastAsync(Moved, step, PayloadJson.Default.Step, 3, 4);
            await context.Room.BroadcastAsync(Moved, step, options, 5, 6);
            context.User.Send(Moved, step, PayloadJson.Default.Step, 7, 8);
            context.User.Send(Moved, step, options, 9, 10);
            context.User.Send(Moved, "text", 11, 12);
            context.Reply(Moved, step, PayloadJson.Default.Step, 13, 14);
            context.Reply(Moved, step, options, 15, 16);
            context.Reply(Moved, "text", 17, 18);
        })
        .AddCommand(JsonOptions, static context =>
        {
            context.TryRead<Step>(PayloadJson.Default.Options, out _);
            return default;
        })
        .AddCommand(Raw, static context =>
        {
            context.Reply(Moved, context.Text);
            return default;
        })
        .AddCommand(Draw, static context =>
        {
            context.TryRead<Shape>(_json, out _);
            return default;
        }));

    internal sealed record Step(string From, string To);

    [JsonDerivedType(typeof(Circle), "circle")]
    internal abstract record Shape;

    internal sealed record Circle(int Radius) : Shape;

    [JsonSerializable(typeof(Shape))]
    [JsonSerializable(typeof(Step))]
    [JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
    private sealed partial class PayloadJson : JsonSerializerContext;
}
