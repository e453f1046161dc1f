using TPacket.Server;
using TPacket.Server.Stores.InMemory;

namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>A store of sessions that lasts and breaks one rule, or none.</summary>
/// <param name="broken">The rule.</param>
/// <param name="clock">The time, in milliseconds.</param>
internal sealed class BrokenSessionStore(SessionRule? broken, BrokenSessionStore.Clock clock) : ISessionStore
{
    private readonly Lock _gate = new();
    private InMemorySessionStore _inner = new();
    private Dictionary<long, (SessionRecord Session, long Since)> _sessions = [];
    private Dictionary<SecretHash, long> _retired = [];
    private long _alive = clock.Now;

    /// <summary>The next server's store in the place of this one.</summary>
    public BrokenSessionStore Reopen(TimeSpan pause)
    {
        var alive = clock.Now;
        clock.Now += (long)pause.TotalMilliseconds;
        if (broken == SessionRule.SessionsAreKept)
            return new BrokenSessionStore(broken, clock);
        return new BrokenSessionStore(broken, clock) { _inner = _inner, _sessions = _sessions, _retired = _retired, _alive = broken == SessionRule.OnlyAbsenceIsCounted ? clock.Now : alive };
    }

    public async ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed)
    {
        var left = new List<OrphanedSession>();
        foreach (var (session, since) in _sessions.Values.ToArray())
        {
            var awayFor = since == 0 || broken == SessionRule.AbsenceIsCounted ? 0 : _alive - since;
            var away = broken == SessionRule.EverybodyIsAway ? session : session with { IsAway = true };
            await _inner.UpdateAsync(away);
            _sessions[session.Number] = (away, clock.Now - awayFor);
            left.Add(new OrphanedSession(away, TimeSpan.FromMilliseconds(awayFor)));
        }

        return left;
    }

    public async ValueTask<bool> AddAsync(SessionRecord session)
    {
        if (broken == SessionRule.TokensAreUnique && !await _inner.AddAsync(session))
            return true;
        if (broken == SessionRule.RetiredTokensAreFree && _retired.ContainsKey(session.Token))
            return false;
        if (broken != SessionRule.TokensAreUnique && !await _inner.AddAsync(session))
            return false;
        _sessions[session.Number] = (session, session.IsAway ? clock.Now : 0);
        return true;
    }

    public async ValueTask<bool> UpdateAsync(SessionRecord session)
    {
        var current = _sessions.TryGetValue(session.Number, out var known) ? known.Session : null;
        if (broken == SessionRule.UpdatesAreFenced && current is not null)
            session = session with { Generation = current.Generation, Token = current.Token, NextToken = current.NextToken };
        if (broken == SessionRule.UpdatesAreKept && current?.Room is not null)
            session = session with { Room = current.Room };
        if (!await _inner.UpdateAsync(session))
            return false;
        _sessions[session.Number] = (session, session.IsAway ? clock.Now : 0);
        return true;
    }

    public async ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim)
    {
        if (broken == SessionRule.PrincipalsAreLookedAt && _sessions.Values.FirstOrDefault(known => known.Session.Token == claim.Token).Session is { } any)
            claim = claim with { Principal = any.Principal };
        if (broken == SessionRule.GracesAreTaken)
            claim = claim with { Grace = null };
        if (broken == SessionRule.NextTokensAreUnique && _sessions.Values.Any(known => known.Session.Token != claim.Token && (known.Session.Token == claim.NextToken || known.Session.NextToken == claim.NextToken)))
            claim = claim with { NextToken = SecretHash.Of("other"u8) };
        if (broken is SessionRule.TokensRetire or SessionRule.NextTokensAreReplaced && _retired.TryGetValue(claim.Token, out var retired))
            return _sessions[retired].Session;
        if (broken == SessionRule.TokensAreNeeded && _sessions.Count > 0 && _sessions.Values.All(known => known.Session.Token != claim.Token && known.Session.NextToken != claim.Token))
            return _sessions.Values.First().Session;
        if (broken == SessionRule.ResumptionsAreOneStep)
            return await ResumeInTwoStepsAsync(claim);
        var resumed = await _inner.ResumeAsync(claim);
        if (resumed is null)
            return null;
        lock (_gate)
            Keep(claim, resumed);
        if (broken == SessionRule.TokensLastUntilThen)
            await _inner.ResumeAsync(claim with { Token = claim.NextToken, NextToken = SecretHash.Of(BitConverter.GetBytes(resumed.Generation)), Principal = resumed.Principal });
        return broken == SessionRule.GenerationsRise ? resumed with { Generation = resumed.Generation - 1 } : resumed;
    }

    public async ValueTask<bool> EndAsync(long number, int generation)
    {
        if (broken == SessionRule.EndsAreFenced && _sessions.TryGetValue(number, out var known))
            generation = known.Session.Generation;
        if (broken == SessionRule.EndedSessionsAreGone)
            return _sessions.TryGetValue(number, out var kept) && kept.Session.Generation == generation;
        if (!await _inner.EndAsync(number, generation))
            return false;
        _sessions.Remove(number);
        return true;
    }

    private void Keep(SessionClaim claim, SessionRecord resumed)
    {
        if (_sessions.TryGetValue(resumed.Number, out var before))
        {
            if (broken != SessionRule.NextTokensAreReplaced && before.Session.Token != resumed.Token)
                _retired[before.Session.Token] = resumed.Number;
            if (broken == SessionRule.NextTokensAreReplaced && before.Session.Token == claim.Token && before.Session.NextToken is { } replaced && replaced != claim.NextToken)
                _retired[replaced] = resumed.Number;
        }

        _sessions[resumed.Number] = (resumed, 0);
    }

    private async ValueTask<SessionRecord?> ResumeInTwoStepsAsync(SessionClaim claim)
    {
        var resumed = await _inner.ResumeAsync(claim);
        if (resumed is null)
            return null;
        var before = _sessions.TryGetValue(resumed.Number, out var known) ? known.Session.Generation : 0;
        await Task.Delay(5);
        // A caller that has read the same generation meanwhile writes the same next one.
        resumed = resumed with { Generation = Math.Min(resumed.Generation, before + 1) };
        lock (_gate)
            Keep(claim, resumed);
        return resumed;
    }

    /// <summary>The time that a test moves.</summary>
    internal sealed class Clock
    {
        public long Now { get; set; } = 1_000_000;
    }
}
