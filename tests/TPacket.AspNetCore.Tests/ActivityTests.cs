using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of the activities of clients that connect through ASP.NET Core.</summary>
public class ActivityTests
{
    [Theory]
    [InlineData(HttpKind.Http1, 101)]
    [InlineData(HttpKind.Http2, 200)]
    public async Task A_handshake_is_part_of_its_request_and_commands_are_not(HttpKind kind, int status)
    {
        Activity? request = null;
        await using var app = await TestApp.StartAsync(kind, use: web => web.Use(async (context, next) =>
        {
            using var started = new Activity("request").Start();
            request = started;
            await next(context);
        }));
        using var activities = new ActivityCollector(app.Services);
        await using (var alice = await app.JoinAsync("alice", "room"))
        {
            await alice.SayAsync("hello");
            await alice.CloseAsync();
        }

        await app.EndedAsync();
        var handshake = await activities.FirstAsync("tpacket handshake");
        Assert.Equal((request!.TraceId, request.SpanId), (handshake.TraceId, handshake.ParentSpanId));
        Assert.Equal(ActivityKind.Internal, handshake.Kind);
        Assert.Equal(status, handshake.GetTagItem("http.response.status_code"));
        var message = await activities.FirstAsync("tpacket NewMsg");
        Assert.Null(message.ParentId);
        Assert.Equal(handshake.Context, Assert.Single(message.Links).Context);
    }

    [Fact]
    public async Task A_refused_handshake_has_the_status_of_the_answer()
    {
        await using var app = await TestApp.StartAsync(tPacket: server => server.UseHandshakePolicy<RefusingPolicy>());
        using var activities = new ActivityCollector(app.Services);
        using var request = RawWebSocket.Request(app);
        using var response = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(403, (await activities.FirstAsync("tpacket handshake")).GetTagItem("http.response.status_code"));
    }

    private sealed class RefusingPolicy : IHandshakePolicy
    {
        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => new(HandshakeDecision.Refuse(403, "No."));
    }
}
