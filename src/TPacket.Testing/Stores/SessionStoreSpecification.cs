using System.Security.Cryptography;
using TPacket.Server;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

/// <summary>
/// The contract of <see cref="ISessionStore"/> as xunit tests. The author of a store derives a class, overrides <see cref="CreateAsync"/>,
/// and overrides other members if the store differs from their defaults. xunit creates an instance for each test; each test disposes of its stores.
/// </summary>
public abstract class SessionStoreSpecification : IAsyncLifetime
{
    private readonly List<ISessionStore> _stores = [];
    private long _numbers = 41;

    /// <summary>Creates a store without sessions.</summary>
    /// <returns>The store. The test disposes of it if it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</returns>
    protected abstract ValueTask<ISessionStore> CreateAsync();

    /// <summary>
    /// Whether the store keeps its sessions after the server has ended.
    /// If true, override <see cref="ReopenAsync"/> and <see cref="PassAsync"/>. Default: false.
    /// </summary>
    protected virtual bool KeepsSessions => false;

    /// <summary>
    /// The longest time until a server has detected the end of another server and has taken over its sessions. The users are away meanwhile. Default: zero.
    /// </summary>
    protected virtual TimeSpan LongestTakeOver => TimeSpan.Zero;

    /// <summary>The longest wait for a call. Default: 20 s.</summary>
    protected virtual TimeSpan Deadline => TimeSpan.FromSeconds(20);

    /// <summary>Called by xunit before each test.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Called by xunit after each test: disposes of the stores. An override must call the base method.</summary>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            if (store is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (store as IDisposable)?.Dispose();
        }

        _stores.Clear();
    }

    [Fact]
    public async Task A_token_resumes_its_session_and_raises_its_generation()
    {
        var store = await CreateStoreAsync();
        var (token, next) = (NewHash(), NewHash());
        var session = await AddAsync(store, token, static s => s with { Nick = "Ren\u00E9", Room = "room", AcceptedCommands = [(10, 18), (300, 300)], Generation = 3, IsAway = true });
        await AddAsync(store, NewHash());

        AssertSame(session with { NextToken = next, Generation = 4, IsAway = false }, await ResumeAsync(store, token, next));
        AssertSame(session with { NextToken = next, Generation = 5, IsAway = false }, await ResumeAsync(store, token, next));
    }

    [Fact]
    public async Task A_token_of_no_session_resumes_nothing()
    {
        var store = await CreateStoreAsync();
        await AddAsync(store, NewHash());

        Assert.Null(await ResumeAsync(store, NewHash(), NewHash()));
    }

    [Fact]
    public async Task A_token_is_known_until_the_next_one_was_presented()
    {
        var store = await CreateStoreAsync();
        var (token, next, third) = (NewHash(), NewHash(), NewHash());
        await AddAsync(store, token);
        Assert.NotNull(await ResumeAsync(store, token, next));
        Assert.NotNull(await ResumeAsync(store, token, next));

        var retired = await ResumeAsync(store, next, third);

        Assert.Equal((next, third), (retired!.Token, retired.NextToken));
        Assert.Null(await ResumeAsync(store, token, NewHash()));
        Assert.NotNull(await ResumeAsync(store, next, third));
    }

    [Fact]
    public async Task A_next_token_that_was_replaced_resumes_nothing()
    {
        var store = await CreateStoreAsync();
        var (token, lost, next) = (NewHash(), NewHash(), NewHash());
        await AddAsync(store, token);
        await ResumeAsync(store, token, lost);
        await ResumeAsync(store, token, next);

        Assert.Null(await ResumeAsync(store, lost, NewHash()));
        Assert.NotNull(await ResumeAsync(store, next, NewHash()));
    }

    [Fact]
    public async Task A_retired_token_may_be_another_sessions()
    {
        var store = await CreateStoreAsync();
        var (token, next) = (NewHash(), NewHash());
        await AddAsync(store, token);
        await ResumeAsync(store, token, next);
        await ResumeAsync(store, next, NewHash());

        Assert.True(await store.AddAsync(NewSession(token)));
    }

    [Fact]
    public async Task Another_principal_resumes_nothing()
    {
        var store = await CreateStoreAsync();
        var (alice, bob) = (SecretHash.Of("alice"u8), SecretHash.Of("bob"u8));
        var (named, nameless) = (NewHash(), NewHash());
        await AddAsync(store, named, s => s with { Principal = alice });
        await AddAsync(store, nameless);

        Assert.Null(await ResumeAsync(store, named, NewHash()));
        Assert.Null(await ResumeAsync(store, named, NewHash(), bob));
        Assert.Null(await ResumeAsync(store, nameless, NewHash(), alice));
        Assert.Equal(1, (await ResumeAsync(store, named, NewHash(), alice))!.Generation);
        Assert.Equal(1, (await ResumeAsync(store, nameless, NewHash()))!.Generation);
    }

    [Fact]
    public async Task A_resumption_may_bring_another_grace()
    {
        var store = await CreateStoreAsync();
        var token = NewHash();
        await AddAsync(store, token);

        Assert.Equal(TimeSpan.FromSeconds(5), (await ResumeAsync(store, token, NewHash(), grace: TimeSpan.FromSeconds(5)))!.Grace);
        Assert.Equal(TimeSpan.FromSeconds(5), (await ResumeAsync(store, token, NewHash()))!.Grace);
    }

    [Fact]
    public async Task A_session_is_as_it_was_updated_last()
    {
        var store = await CreateStoreAsync();
        var (token, next) = (NewHash(), NewHash());
        var session = await AddAsync(store, token);
        var updated = session with { Nick = "alicia", Room = "other", AcceptedCommands = [(14, 14)], Grace = TimeSpan.FromSeconds(7) };

        Assert.True(await store.UpdateAsync(session with { Room = "first" }));
        Assert.True(await store.UpdateAsync(updated));

        AssertSame(updated with { NextToken = next, Generation = 1 }, await ResumeAsync(store, token, next));
    }

    [Fact]
    public async Task An_earlier_generation_changes_nothing()
    {
        var store = await CreateStoreAsync();
        var token = NewHash();
        var session = await AddAsync(store, token);
        var resumed = (await ResumeAsync(store, token, NewHash()))!;

        Assert.False(await store.UpdateAsync(session with { Nick = "stale" }));
        Assert.False(await store.UpdateAsync(resumed with { Nick = "early", Generation = 2 }));
        Assert.False(await store.EndAsync(session.Number, session.Generation));
        Assert.False(await store.EndAsync(session.Number, 2));

        Assert.Equal("alice", (await ResumeAsync(store, token, NewHash()))!.Nick);
    }

    [Fact]
    public async Task A_session_that_has_ended_is_gone_with_its_tokens()
    {
        var store = await CreateStoreAsync();
        var (token, next) = (NewHash(), NewHash());
        var session = await AddAsync(store, token);
        await ResumeAsync(store, token, next);

        Assert.True(await store.EndAsync(session.Number, 1));
        // The answer of the first call may have been lost.
        Assert.True(await store.EndAsync(session.Number, 1));

        Assert.False(await store.UpdateAsync(session with { Generation = 1 }));
        Assert.Null(await ResumeAsync(store, token, NewHash()));
        Assert.Null(await ResumeAsync(store, next, NewHash()));
        Assert.True(await store.AddAsync(NewSession(token)));
        Assert.True(await store.AddAsync(NewSession(next)));
    }

    [Fact]
    public async Task No_two_sessions_have_the_same_token()
    {
        var store = await CreateStoreAsync();
        var (token, next, other) = (NewHash(), NewHash(), NewHash());
        var session = await AddAsync(store, token);
        await ResumeAsync(store, token, next);
        await AddAsync(store, other);

        Assert.False(await store.AddAsync(NewSession(token)));
        Assert.False(await store.AddAsync(NewSession(next)));
        Assert.Null(await ResumeAsync(store, other, token));
        Assert.Null(await ResumeAsync(store, other, next));

        Assert.Equal(1, (await ResumeAsync(store, other, NewHash()))!.Generation);
        Assert.Equal(session.Number, (await ResumeAsync(store, next, NewHash()))!.Number);
    }

    [Fact]
    public async Task Of_many_resumptions_at_once_each_has_its_own_generation()
    {
        var store = await CreateStoreAsync();
        var token = NewHash();
        await AddAsync(store, token);

        var resumed = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await ResumeAsync(store, token, NewHash()))));

        Assert.Equal(Enumerable.Range(1, 50), resumed.Select(static session => session!.Generation).Order());
    }

    [Fact]
    public async Task The_next_server_takes_every_session_over_and_nobody_else_has_it()
    {
        var store = await CreateStoreAsync();
        Assert.Empty(await store.TakeOverAsync(static _ => true));
        if (!KeepsSessions)
            return;
        var (token, next) = (NewHash(), NewHash());
        var here = await AddAsync(store, token, static s => s with { Room = "room", AcceptedCommands = [(10, 18)], Principal = SecretHash.Of("alice"u8) });
        var ended = await AddAsync(store, NewHash());
        await store.EndAsync(ended.Number, 0);

        store = await ReopenStoreAsync(store);
        var left = Assert.Single(await store.TakeOverAsync(static _ => true));

        AssertSame(here with { IsAway = true }, left.Session);
        Assert.Equal(TimeSpan.Zero, left.AwayFor);
        AssertSame(here with { Generation = 1, NextToken = next }, await ResumeAsync(store, token, next, here.Principal));
    }

    [Fact]
    public async Task The_time_in_which_no_server_runs_is_nobodys_absence()
    {
        if (!KeepsSessions)
            return;
        var store = await CreateStoreAsync();
        await store.TakeOverAsync(static _ => true);
        var session = await AddAsync(store, NewHash());
        Assert.True(await store.UpdateAsync(session with { IsAway = true }));
        await PassAsync(store, TimeSpan.FromSeconds(10));

        store = await ReopenStoreAsync(store, TimeSpan.FromHours(1));
        Assert.InRange(Assert.Single(await store.TakeOverAsync(static _ => true)).AwayFor, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10) + LongestTakeOver);
        await PassAsync(store, TimeSpan.FromSeconds(10));
        store = await ReopenStoreAsync(store, TimeSpan.FromHours(1));
        Assert.InRange(Assert.Single(await store.TakeOverAsync(static _ => true)).AwayFor, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(20) + (2 * LongestTakeOver));
    }

    /// <summary>
    /// Ends a store as abruptly as possible, and opens another store on the same data. The tests call the method only if <see cref="KeepsSessions"/> is true.
    /// </summary>
    /// <param name="store">The store to end. The override disposes of the store; the test does not use it again.</param>
    /// <param name="pause">The time between the two stores.</param>
    protected virtual ValueTask<ISessionStore> ReopenAsync(ISessionStore store, TimeSpan pause) =>
        throw new NotSupportedException($"{nameof(KeepsSessions)} is true: override {nameof(ReopenAsync)}.");

    /// <summary>Lets time pass while a store runs. The tests call the method only if <see cref="KeepsSessions"/> is true.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The time.</param>
    protected virtual ValueTask PassAsync(ISessionStore store, TimeSpan time) =>
        throw new NotSupportedException($"{nameof(KeepsSessions)} is true: override {nameof(PassAsync)}.");

    private static SecretHash NewHash() => SecretHash.Of(RandomNumberGenerator.GetBytes(32));

    private static void AssertSame(SessionRecord expected, SessionRecord? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.AcceptedCommands, actual.AcceptedCommands);
        Assert.Equal(expected, actual with { AcceptedCommands = expected.AcceptedCommands });
    }

    private async ValueTask<ISessionStore> CreateStoreAsync()
    {
        var store = await CreateAsync();
        _stores.Add(store);
        return store;
    }

    private async ValueTask<ISessionStore> ReopenStoreAsync(ISessionStore store, TimeSpan pause = default)
    {
        _stores.Remove(store);
        var next = await ReopenAsync(store, pause);
        _stores.Add(next);
        return next;
    }

    private SessionRecord NewSession(SecretHash token)
    {
        var number = Interlocked.Increment(ref _numbers);
        return new SessionRecord { Number = -number, UserId = IUserIdStore.FirstId + (int)number, Nick = "alice", Token = token, Grace = TimeSpan.FromSeconds(30) };
    }

    private async ValueTask<SessionRecord> AddAsync(ISessionStore store, SecretHash token, Func<SessionRecord, SessionRecord>? change = null)
    {
        var session = NewSession(token);
        session = change?.Invoke(session) ?? session;
        Assert.True(await store.AddAsync(session).AsTask().WaitAsync(Deadline, TimeProvider.System));
        return session;
    }

    private async Task<SessionRecord?> ResumeAsync(ISessionStore store, SecretHash token, SecretHash next, SecretHash? principal = null, TimeSpan? grace = null) =>
        await store.ResumeAsync(new SessionClaim(token, next, principal, grace)).AsTask().WaitAsync(Deadline, TimeProvider.System);
}
