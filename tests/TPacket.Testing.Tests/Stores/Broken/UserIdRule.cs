namespace TPacket.Testing.Tests.Stores.Broken;

/// <summary>The rules of a store of user ids that <see cref="BrokenUserIdStore"/> can break one at a time.</summary>
public enum UserIdRule
{
    IdsBeginWithTheFirst,
    BlocksAreWhole,
    IdsAreUnique,
    IdsAreUniqueInTheirPlace,
    IdsAreKept,
    IdsBeginAgain,
    IdsBeginAgainAtTheFirst,
}
