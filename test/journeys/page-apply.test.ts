/**
 * Goal: a change is understood before it is made, can be taken back, and never overwrites another one in silence.
 * Method: Chromium on the page of the real sidecar, by keyboard alone; each step asserts what requests through the proxy get.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { makeCertificate } from '../../src/certificate/make-certificate.ts'
import { closeBrowser } from '../kit/browser.ts'
import { eventually } from '../kit/eventually.ts'
import { wrongInSomeLook } from '../kit/every-look.ts'
import { Keyboard } from '../kit/keyboard.ts'
import { makeTrust } from '../kit/make-trust.ts'
import { applyDraft, openPage, startJourney } from '../kit/page-journey.ts'
import { startBackend } from '../kit/start-backend.ts'

const corp = await makeTrust(['good.localhost'])
const own = await makeCertificate({ subject: 'own', sans: { dns: ['own.localhost'] } })
const spec = 'strictTls: { enabled: false, defaultTrustStore: none, customTrustStores: [corp] }\nsni: true'
const trust = { corp: corp.ca.certificate }

after(closeBrowser)

test('a rehearsal warns, a trial reverts by itself, and the history brings a version back', async (t) => {
  const [good, selfSigned] = await Promise.all([
    startBackend(t, { certificate: corp.leaf, chain: [corp.ca] }),
    startBackend(t, { certificate: own }),
  ])
  const journey = await startJourney(t, { spec, trust })
  const outcomes = async () => [
    await journey.visit(`good.localhost:${good.port}`),
    await journey.visit(`own.localhost:${selfSigned.port}`),
  ]
  assert.deepEqual(await outcomes(), [200, 200])
  await eventually(async () => (await journey.admin.ask('backends')).body.items.length === 2, 'both are known')
  const page = await openPage(t, journey)
  const keys = await Keyboard.only(page)

  await t.test('1 of 2 would break, because it is self-signed: Yes waits until that is typed', async () => {
    await keys.press(page.getByRole('switch', { name: 'Enable Strict TLS' }), 'Space')
    await keys.press(page.getByRole('button', { name: 'Apply', exact: true }))
    const dialog = page.getByRole('dialog', { name: 'Confirm TLS settings change' })
    await dialog.getByText('strictTls.enabled: off → on.').waitFor()
    await dialog.getByText('1 of 2 would break').waitFor()
    await dialog.getByRole('row', { name: /own\.localhost.*refused.*self-signed/ }).waitFor()
    assert.ok(await dialog.getByRole('button', { name: 'Yes, apply' }).isDisabled())
    assert.deepEqual(await wrongInSomeLook(page), [])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await page.locator(':focus').textContent(), 'Apply', 'the focus is back where it was')
    await page.getByRole('region', { name: 'Unsaved changes' }).getByText('1 backend would break').waitFor()
    assert.deepEqual(await outcomes(), [200, 200], 'nothing was applied')
  })

  await t.test('on trial it holds, counts down, and goes when nobody keeps it', async () => {
    await keys.applyDraft(async () => {
      await keys.type(page.getByLabel('Type 1 to apply although one backend would break'), '1')
      await keys.pick(page.getByLabel('Revert unless kept'), 'after 10 seconds')
      await keys.type(page.getByLabel('Comment, for the history'), 'let us see')
    })
    await page.getByText('Version 2 is on trial.').waitFor()
    assert.match((await page.getByRole('timer').textContent()) ?? '', /^0:\d\d$/)
    assert.deepEqual(await outcomes(), [200, 502])
    await page.getByRole('region', { name: 'Waiting to be kept' }).waitFor({ state: 'detached', timeout: 40_000 })
    await page.getByText('Version 3 in force').waitFor()
    await page.getByText('Reverted by itself: version 2 is undone: nobody confirmed it in time.').waitFor()
    await keys.press(page.getByRole('button', { name: 'Understood' }))
    await page.reload()
    await page.getByText('Version 3 in force').waitFor()
    assert.equal(await page.getByRole('region', { name: 'Reverted' }).count(), 0, 'it was understood')
    assert.deepEqual(await outcomes(), [200, 200])
  })

  await t.test('Keep keeps it', async () => {
    // The header knows of version 3 before the form shows it: what is switched on is the switch that is off again.
    await keys.press(page.getByRole('switch', { name: 'Enable Strict TLS', checked: false }), 'Space')
    await keys.applyDraft(async () => {
      await keys.type(page.getByLabel('Type 1 to apply although one backend would break'), '1')
      await keys.pick(page.getByLabel('Revert unless kept'), 'after 1 minute')
    })
    await keys.press(page.getByRole('button', { name: 'Keep version 4' }))
    await page.getByRole('region', { name: 'Waiting to be kept' }).waitFor({ state: 'detached' })
    assert.equal((await journey.admin.ask('status')).body.pending, null)
    assert.deepEqual(await outcomes(), [200, 502])
  })

  await t.test('the history says what reverted by itself, compares, and rolls back', async () => {
    await keys.press(page.getByRole('link', { name: 'History' }))
    await page
      .getByRole('row')
      .filter({ hasText: /reverted by itself.*nobody confirmed it in time/ })
      .waitFor()
    await page.getByRole('rowheader', { name: '2 undone by version 3', exact: true }).waitFor()
    await page.getByRole('rowheader', { name: '4 in force', exact: true }).waitFor()
    await keys.choose(page.getByRole('radio', { name: 'Compare from version 1' }))
    await keys.choose(page.getByRole('radio', { name: 'Compare to version 4' }))
    await page.getByRole('heading', { name: 'From version 1 to version 4' }).waitFor()
    await page.getByText('strictTls.enabled: off → on.').waitFor()
    assert.match(page.url(), /from=1/)
    await journey.admin.apply('kind: Nonsense')
    await keys.press(page.getByRole('button', { name: 'Rejected' }))
    const rejected = page.getByRole('article', { name: /^Rejected, by admin/ })
    await rejected.getByText(/kind/).first().waitFor()
    await rejected.getByText('on the page').waitFor()
    assert.match(page.url(), /view=rejected/)
    await keys.press(page.getByRole('button', { name: 'Versions' }))
    assert.deepEqual(await wrongInSomeLook(page), [])
    await keys.press(page.getByRole('button', { name: 'Roll back to version 1' }))
    const back = page.getByRole('dialog', { name: 'Roll back to version 1?' })
    await back.getByText('strictTls.enabled: on → off.').waitFor()
    await back.getByText('1 refused backend would be let through').waitFor()
    await back.getByText('Waits for the number to be typed.').waitFor()
    assert.equal(await page.getByLabel('Revert unless kept').inputValue(), '300000', 'what weakens is a trial')
    await keys.type(page.getByLabel('Type 1 to apply although one refused backend would be let through'), '1')
    await keys.press(page.getByRole('button', { name: 'Yes, roll back' }))
    await page.getByText('Version 5 is in force.').waitFor()
    assert.equal((await journey.admin.ask('status')).body.pending.revertTo, 4)
    const done = page.getByRole('dialog', { name: 'Rolling back to version 1' })
    await keys.press(done.getByRole('button', { name: 'Keep version 5' }))
    await done.getByText('Version 5 is kept.').waitFor()
    await keys.press(done.getByRole('button', { name: 'OK' }))
    assert.equal((await journey.admin.ask('status')).body.pending, null)
    assert.deepEqual(await outcomes(), [200, 200])
  })

  await t.test('a dialog that is left open says that its trial is over', async () => {
    await keys.press(page.getByRole('link', { name: 'Outgoing TLS' }))
    await keys.press(page.getByRole('switch', { name: 'Enable Strict TLS', checked: false }), 'Space')
    await keys.press(page.getByRole('button', { name: 'Apply', exact: true }))
    await page.getByRole('dialog', { name: 'Confirm TLS settings change' }).waitFor()
    await keys.type(page.getByLabel('Type 1 to apply although one backend would break'), '1')
    await keys.pick(page.getByLabel('Revert unless kept'), 'after 10 seconds')
    await keys.press(page.getByRole('button', { name: 'Yes, apply' }))
    const applying = page.getByRole('dialog', { name: 'Applying' })
    await applying.getByText('Version 6 is in force.').waitFor()
    await applying.getByText('Version 7 is in force: version 6 is undone').waitFor({ timeout: 40_000 })
    assert.deepEqual(await outcomes(), [200, 200])
    await keys.press(applying.getByRole('button', { name: 'OK' }))
  })
})

test('of two tabs the second sees both changes, and loses neither', async (t) => {
  const backend = await startBackend(t, { certificate: corp.leaf, chain: [corp.ca] })
  const selfSigned = await startBackend(t, { certificate: own })
  const journey = await startJourney(t, { spec, trust })
  const name = `good.localhost:${backend.port}`
  const other = `own.localhost:${selfSigned.port}`
  assert.deepEqual([await journey.visit(name), await journey.visit(other)], [200, 200])
  assert.equal(backend.hellos.at(-1)?.serverName, 'good.localhost')
  const [first, second] = [await openPage(t, journey), await openPage(t, journey)]
  const [keys, others] = [await Keyboard.only(first), await Keyboard.only(second)]
  await keys.press(first.getByLabel('Enable SNI'), 'Space')
  await others.press(second.getByRole('switch', { name: 'Enable Strict TLS' }), 'Space')
  await second.getByText('1 unsaved change').waitFor()
  await keys.applyDraft()
  assert.deepEqual([await journey.visit(name), await journey.visit(other)], [200, 200])
  assert.equal(backend.hellos.at(-1)?.serverName, undefined)
  await second.getByText('admin applied version 2 meanwhile').waitFor()
  await others.press(second.getByRole('button', { name: 'Apply', exact: true }))
  const dialog = second.getByRole('dialog', { name: 'Somebody else was first' })
  await dialog.getByRole('region', { name: 'What admin changed' }).getByText('sni: on → off.').waitFor()
  await dialog.getByRole('region', { name: 'What you changed' }).getByText('strictTls.enabled: off → on.').waitFor()
  assert.deepEqual(await wrongInSomeLook(second), [])
  await others.press(dialog.getByRole('button', { name: 'Make my changes on top of version 2' }))
  await second.getByRole('dialog', { name: 'Confirm TLS settings change' }).waitFor()
  await others.type(second.getByLabel(/^Type 1 to apply/), '1')
  await others.press(second.getByRole('button', { name: 'Yes, apply' }))
  await second.getByText('Version 3 is in force.').waitFor()
  assert.deepEqual([await journey.visit(name), await journey.visit(other)], [200, 502], 'what the second applied holds')
  assert.equal(backend.hellos.at(-1)?.serverName, undefined, 'and what the first one did')
  const { body } = await journey.admin.ask('policy')
  assert.deepEqual([body.document.spec.sni, body.document.spec.strictTls.enabled], [false, true])
})

test('the YAML tab is the same draft: comments stay, a mistake has its line, and cannot be applied', async (t) => {
  const rule = 'rules: [{ name: mail, match: ["mail.localhost:993"], sni: false }]'
  const backend = await startBackend(t, { certificate: own })
  const journey = await startJourney(t, { spec: `# why: the mail team\n${spec}\n${rule}`, trust })
  const page = await openPage(t, journey)
  await page.getByRole('switch', { name: 'Enable Strict TLS' }).check()
  await page.getByText('1 unsaved change').waitFor()
  await page.getByRole('row', { name: 'mail mail.localhost:993 allow sni', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Edit in YAML' }).click()
  const text = page.getByLabel('Policy document')
  const drafted = await text.inputValue()
  assert.match(drafted, /# why: the mail team\n {2}strictTls: \{ ?enabled: true/)
  await text.fill(drafted.replace('sni: true', 'snl: true'))
  assert.match((await page.locator('.yaml-lines').textContent()) ?? '', /^1\n2\n(?:\d+\n)*$/)
  const errors = page.getByRole('region', { name: 'Errors of the policy' })
  await errors.getByRole('button', { name: 'line 8' }).click()
  assert.match(await page.evaluate('getSelection().toString()'), /snl: true/)
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByText('Not rehearsed: mend 1 error first.').waitFor()
  const yes = page.getByRole('button', { name: 'Yes, apply', description: 'Mend 1 error first.' })
  assert.ok(await yes.isDisabled())
  assert.match((await page.getByRole('dialog').textContent()) ?? '', /^Confirm TLS settings changeError, line 8/)
  await page.keyboard.press('Escape')
  await text.fill(drafted.replace('enabled: true', 'enabled: true, allowUntrusted: true'))
  await page.getByRole('button', { name: 'Form' }).click()
  // What the text means is known once the API has read it; until then the form shows what it meant before.
  await page.getByLabel('Allow and Log untrusted servers').and(page.locator(':checked')).waitFor()
  await applyDraft(page)
  assert.equal(await journey.visit(`own.localhost:${backend.port}`), 200)
  const { body } = await journey.admin.ask('policy')
  assert.match(body.text, /# why: the mail team/)
  assert.equal(body.document.spec.strictTls.enabled, true)
})
