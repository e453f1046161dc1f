namespace TPacket.Server.Stores.InMemory;

/// <summary>The default store: keeps sessions in memory.</summary>
internal sealed class InMemorySessionStore : ISessionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, SessionRecord> _sessions = [];
    private readonly Dictionary<SecretHash, long> _tokens = [];

    public ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed) => new([]);

    public ValueTask<bool> AddAsync(SessionRecord session)
    {
        lock (_gate)
        {
            if (_tokens.ContainsKey(session.Token) || !_sessions.TryAdd(session.Number, session))
                return new(false);
            _tokens.Add(session.Token, session.Number);
            return new(true);
        }
    }

    public ValueTask<bool> UpdateAsync(SessionRecord session)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session.Number, out var before) || before.Generation != session.Generation)
                return new(false);
            _sessions[session.Number] = session;
            return new(true);
        }
    }

    public ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim)
    {
        lock (_gate)
        {
            if (!_tokens.TryGetValue(claim.Token, out var number) || _sessions[number] is var before && before.Principal != claim.Principal)
                return default;
            if (_tokens.TryGetValue(claim.NextToken, out var holder) && holder != number)
                return default;
            var isNext = before.NextToken == claim.Token;
            if (isNext)
                _tokens.Remove(before.Token);
            else if (before.NextToken is { } replaced)
                _tokens.Remove(replaced);
            _tokens[claim.NextToken] = number;
            var resumed = before with
            {
                Token = claim.Token,
                NextToken = claim.NextToken,
                Generation = before.Generation + 1,
                Grace = claim.Grace ?? before.Grace,
                IsAway = false,
                AwayGrace = null,
            };
            _sessions[number] = resumed;
            return new(resumed);
        }
    }

    public ValueTask<bool> EndAsync(long number, int generation)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(number, out var session))
                return new(true);
            if (session.Generation != generation)
                return new(false);
            _sessions.Remove(number);
            _tokens.Remove(session.Token);
            if (session.NextToken is { } next)
                _tokens.Remove(next);
            return new(true);
        }
    }
}
