using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using static TPacket.Server.Tests.Harness.SessionSteps;

namespace TPacket.Server.Tests.Sessions.Resumption;

/// <summary>Sessions while their store answers late, or not at all.</summary>
public class SessionStoreTests : SessionScene
{
    [Fact]
    public async Task The_clean_up_of_a_failed_SESSION_does_not_end_a_repeated_one()
    {
        await using var server = await StartAsync(build: WithFlakySessions);
        var alice = await server.SignInAsync("alice");
        // The store answers neither the request nor the clean-up.
        Sessions.Error = new TimeoutException("away");
        Assert.Equal(Wire.ErrorUnknown, (await alice.ReplyAsync(Wire.Session, Token)).P1);
        Sessions.Error = null;

        Assert.Equal(Wire.Session, (await PassUntilAsync(alice.ReplyAsync(Wire.Session, Token))).Command);
        // The clean-up is repeated, however late.
        Time.Advance(TimeSpan.FromSeconds(5));
        await alice.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_the_store_adds_late_belongs_to_the_user_or_is_removed(bool isRepeated)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Add" ? answer.Task : Task.CompletedTask;
        await using var server = await StartAsync(build: WithFlakySessions);
        var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.ErrorUnknown, (await PassUntilAsync(alice.ReplyAsync(Wire.Session, Token))).P1);
        // The clean-up has found no session to end.
        await Sessions.Steps.FirstAsync(static step => step == "Ended");
        answer.SetResult();
        await Sessions.Steps.FirstAsync(static step => step == "Added");

        if (isRepeated)
        {
            Assert.Equal(Wire.Session, (await alice.ReplyAsync(Wire.Session, Token)).Command);
            alice.Cut();
            await server.AwayAsync();
        }
        else
        {
            alice.Cut();
            await server.EndedAsync();
            await Sessions.Steps.NthAsync(2, static step => step == "Ended");
        }

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(isRepeated ? Wire.Resume : Wire.RespError, (await back.ReceiveAsync()).Command);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_the_store_ends_without_an_answer_leaves_no_ghost(bool isShared)
    {
        Sessions.IsShared = isShared;
        await using var server = await StartAsync(build: WithFlakySessions);
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Ended" ? answer.Task : Task.CompletedTask;
        await PassUntilAsync(Sessions.Steps.FirstAsync(static step => step == "Ended"));

        // The call times out and is repeated: the store does not have the session any more.
        var left = bob.ReceiveAsync();
        Sessions.Gate = static _ => Task.CompletedTask;

        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await PassUntilAsync(left));
        answer.SetResult();
    }

    [Fact]
    public async Task A_resumption_that_the_store_answers_late_leaves_no_ghost()
    {
        await using var server = await StartAsync(build: WithFlakySessions);
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Resume" ? answer.Task : Task.CompletedTask;
        await using var back = await server.ResumeAsync(Token, Next);
        await Sessions.Steps.FirstAsync(static step => step == "Resume");
        Assert.Equal(Wire.ErrorUnknown, (await PassUntilAsync(back.ReceiveAsync())).P1);

        // The store raises the generation, and no call waits for that any more.
        answer.SetResult();
        await Sessions.Steps.FirstAsync(static step => step == "Resumed");

        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await PassUntilAsync(bob.ReceiveAsync()));
        await using var late = await server.ResumeAsync(Token);
        Assert.Equal(Wire.ErrorSessionUnknown, (await late.ReceiveAsync()).P1);
    }

    [Fact]
    public async Task A_RESUME_beyond_the_handler_timeout_ends_the_connection_and_keeps_the_user()
    {
        IUser? resuming = null;
        await using var server = await StartAsync(Patient, b =>
        {
            WithFlakySessions(b);
            b.AddFilter((context, next) =>
            {
                resuming = context.Command == Wire.Resume ? context.User : resuming;
                return next(context);
            });
        });
        await using var bob = await server.JoinAsync("bob", "room");
        var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        alice.Cut();
        await server.AwayAsync();
        var updates = Sessions.Steps.All.Count(static step => step == "Updated");
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Resumed" ? answer.Task : Task.CompletedTask;
        await using var back = await server.ResumeAsync(Token, Next);
        await Sessions.Steps.FirstAsync(static step => step == "Resumed");
        resuming!.Disconnect("gone");
        await PassUntilAsync(server.Logs.FirstAsync(static e => e.Id == 1207));
        answer.SetResult();

        // The user is away, under the generation that the store has.
        await Sessions.Steps.NthAsync(updates + 1, static step => step == "Updated");
        server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.Disconnect("kicked");
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        Assert.DoesNotContain("Refused", Sessions.Steps.All);
    }

    [Fact]
    public async Task The_nick_timeout_does_not_run_while_the_store_resumes_a_session()
    {
        await using var server = await StartAsync(
            static o =>
            {
                Patient(o);
                o.NickTimeout = TimeSpan.FromSeconds(10);
            },
            WithFlakySessions);
        var alice = await server.JoinWithSessionAsync("alice", Token);
        alice.Cut();
        await server.AwayAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Resumed" ? answer.Task : Task.CompletedTask;
        await using var back = await server.ResumeAsync(Token, Next);
        await Sessions.Steps.FirstAsync(static step => step == "Resumed");
        Time.Advance(TimeSpan.FromSeconds(20));
        answer.SetResult();

        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
    }

    [Fact]
    public async Task A_SESSION_beyond_the_handler_timeout_is_removed()
    {
        await using var server = await StartAsync(Patient, WithFlakySessions);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinAsync("alice", "room");
        await bob.FenceAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Added" ? answer.Task : Task.CompletedTask;
        await alice.SendAsync(Wire.Session, Token);
        await Sessions.Steps.FirstAsync(static step => step == "Added");
        var left = bob.ReceiveAsync();
        server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.Disconnect("gone");
        await PassUntilAsync(server.Logs.FirstAsync(static e => e.Id == 1207));
        answer.SetResult();

        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await left);
        await Sessions.Steps.FirstAsync(static step => step == "Ended");
        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await back.ReceiveAsync()).P1);
    }

    [Theory]
    [InlineData("away")]
    [InlineData("here")]
    [InlineData("1000")]
    public async Task The_end_of_a_session_fails_a_RESUME_that_waits_for_the_store(string where)
    {
        await using var server = await StartAsync(build: WithFlakySessions);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        if (where == "away")
        {
            alice.Cut();
            await server.AwayAsync();
        }

        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sessions.Gate = step => step == "Resumed" ? answer.Task : Task.CompletedTask;
        await using var back = await server.ResumeAsync(Token, Next);
        await Sessions.Steps.FirstAsync(static step => step == "Resumed");
        if (where == "1000")
            await alice.CloseAsync();
        else
            server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!.Disconnect("kicked");
        if (where == "here")
        {
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, await alice.ReceiveCloseAsync());
            alice.Cut();
        }

        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", alice.Id), await bob.ReceiveAsync());
        answer.SetResult();

        Assert.Equal(Wire.ErrorSessionUnknown, (await back.ReceiveAsync()).P1);
        // The store does not have it any more, either.
        await using var again = await server.ResumeAsync(Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await again.ReceiveAsync()).P1);
        Assert.Equal(Wire.RespOk, (await again.ReplyAsync(Wire.SetUserNick, "alice")).Command);
    }

    [Fact]
    public async Task A_client_that_guesses_sessions_is_closed_with_1008_before_the_store_is_asked_again()
    {
        await using var server = await StartAsync(static o => o.ResumeBurst = 3, WithFlakySessions);
        await using var client = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.ErrorSessionUnknown, (await client.ReceiveAsync()).P1);
        for (var i = 0; i < 2; i++)
            Assert.Equal(Wire.ErrorSessionUnknown, (await client.ReplyAsync(Wire.Resume, ResumeData(Nowhere, NewToken(), Next))).P1);
        await client.SendAsync(Wire.Resume, ResumeData(Nowhere, NewToken(), Next));

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await client.ReceiveCloseAsync());
        Assert.Equal(3, Sessions.Steps.All.Count(static step => step == "Resume"));
        Assert.True((await server.Logs.FirstAsync(static e => e.Id == 1206)).Is(1206, "Violation", "TooManyUnknownSessions"));
    }

    [Fact]
    public async Task A_user_resumes_with_a_nick_that_the_store_could_not_save()
    {
        await using var server = await StartAsync(static o => o.AllowNickChange = true, WithFlakySessions);
        await using var bob = await server.JoinAsync("bob", "room");
        await using var alice = await server.JoinWithSessionAsync("alice", Token);
        await bob.FenceAsync();
        Sessions.Error = new RoomStoreException("away", isOutcomeUnknown: false);
        Assert.Equal(Wire.RespOk, (await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia")).Command);
        await bob.FenceAsync();
        Sessions.Error = null;
        alice.Cut();
        await server.AwayAsync();

        await using var back = await server.ResumeAsync(Token, Next);
        Assert.Equal(Wire.Resume, (await back.ReceiveAsync()).Command);
        var user = server.Services.GetRequiredService<IUserDirectory>().Find(alice.Id)!;
        Assert.Equal(("alicia", "alicia"), (user.Nick, server.Rooms.Find("room")!.Members.Single(m => m.Id == alice.Id).Nick));
        await using var other = await server.SignInAsync("alice");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_shared_sessions_a_new_nick_is_of_unknown_outcome_until_the_store_has_it(bool isInRoom)
    {
        Sessions.IsShared = true;
        await using var server = await StartAsync(static o => o.AllowNickChange = true, WithFlakySessions);
        await using var alice = await server.SignInAsync("alice");
        Assert.Equal(Wire.Session, (await alice.ReplyAsync(Wire.Session, Token)).Command);
        if (isInRoom)
            await alice.JoinAsync("room");
        Sessions.Error = new RoomStoreException("away", isOutcomeUnknown: false);
        Assert.Equal(Wire.ErrorUnknown, (await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia")).P1);
        Assert.Equal(Wire.ErrorUnknown, (await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia 2")).P1);
        Sessions.Error = null;

        await PassUntilAsync(Sessions.Steps.NthAsync(isInRoom ? 2 : 1, static step => step == "Updated"));

        Assert.Equal("alicia", Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users).Nick);
        await PassUntilAsync(RenamedAsync());

        async Task<bool> RenamedAsync()
        {
            while ((await alice.FenceUntilReplyAsync(Wire.SetUserNick, "alicia 3")).Command != Wire.RespOk)
            {
            }

            return true;
        }
    }

    [Fact]
    public async Task A_server_starts_although_the_store_does_not_end_a_session_with_a_lost_nick()
    {
        Leave("alice");
        Leave("alice");
        Sessions.Gate = static step => step == "End" ? new TaskCompletionSource().Task : Task.CompletedTask;
        await using var server = await StartAsync(build: WithFlakySessions);
        Assert.Single(server.Services.GetRequiredService<IUserDirectory>().Users);
        Assert.Contains(server.Logs.All, static e => e.Id == 1213);
    }

    [Fact]
    public async Task The_start_times_out_if_the_nick_policy_does_not_answer()
    {
        for (var i = 0; i < 10; i++)
            Leave($"user {i}");
        Nicks.Reserving = new TaskCompletionSource().Task;
        var since = Time.GetTimestamp();
        var starting = StartAsync(static o => o.PolicyTimeout = TimeSpan.FromSeconds(10), b =>
        {
            WithFlakySessions(b);
            WithGatedNicks(b);
        });
        await Nicks.Reservations.NthAsync(10, static _ => true);
        var error = await Assert.ThrowsAsync<TimeoutException>(() => PassUntilAsync(starting));
        Assert.Contains("nick policy", error.Message, StringComparison.Ordinal);
        Assert.True(Time.GetElapsedTime(since) >= TimeSpan.FromSeconds(10));
    }

    /// <summary>The store may take longer than a handler of a client that is gone, and no grace period ends.</summary>
    private static void Patient(TPacketServerOptions options)
    {
        (options.StoreTimeout, options.HandlerTimeout) = (TimeSpan.FromDays(40), TimeSpan.FromSeconds(2));
        (options.SessionGrace, options.MaxSessionGrace) = (TimeSpan.FromDays(20), TimeSpan.FromDays(20));
    }

    private void Leave(string nick)
    {
        var number = Sessions.Left.Count + 1;
        var record = new SessionRecord { Number = number, UserId = 0x2000 + number, Nick = nick, Token = SecretHash.Of(NewToken()), Grace = TimeSpan.FromSeconds(30), IsAway = true };
        Sessions.Left.Add(new OrphanedSession(record, TimeSpan.Zero));
    }
}
