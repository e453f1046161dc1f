namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The rules of a store of sessions that <see cref="BrokenSessionStore"/> can break one at a time.</summary>
public enum SessionRule
{
    TokensAreNeeded,
    GenerationsRise,
    TokensRetire,
    TokensLastUntilThen,
    NextTokensAreReplaced,
    RetiredTokensAreFree,
    PrincipalsAreLookedAt,
    GracesAreTaken,
    UpdatesAreKept,
    UpdatesAreFenced,
    EndsAreFenced,
    EndedSessionsAreGone,
    TokensAreUnique,
    NextTokensAreUnique,
    ResumptionsAreOneStep,
    SessionsAreKept,
    EverybodyIsAway,
    AbsenceIsCounted,
    OnlyAbsenceIsCounted,
}
