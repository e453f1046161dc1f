namespace TPacket.Stores.Tests.Broken;

/// <summary>The rules of a store that <see cref="BrokenStore"/> can break one at a time.</summary>
public enum Rule
{
    RoomsAreToldApart,
    DataIsCopied,
    EventsAreAppendedTogether,
    AfterIsChecked,
    StreamsAreChecked,
    EveryStreamIsChecked,
    NotBeforeIsChecked,
    NotAfterIsChecked,
    RequestsAreRemembered,
    ManyRequestsAreRemembered,
    RequestsComeBeforeConditions,
    SessionsAreFenced,
    GenerationsAreFenced,
    PagesAreBounded,
    DisposingEndsTheSubscription,
    SubscriptionsBeginWithASnapshot,
    FaultySubscribersAreReset,
    LostSubscribersHearOfIt,
    EventsAreDeliveredOnce,
    EventsAreNotLost,
    TimeDoesNotGoBack,
    EpochsAreChecked,
    ChecksAreChecked,
}
